import type { Outcome } from '../../google/outcome.ts'
import type { Clock } from '../../runtime/time/clock.ts'
import type { EgressWatch } from '../checks/egress-watch.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { LaneStatus } from '../lane-status.ts'
import type { Pool } from '../pool/pool.ts'
import type { KeyRequest, Keys, NoKeyReason, Reservation, ReserveResult } from '../types.ts'
import type { Conversations } from './affinity.ts'
import { choose, peek } from './choose.ts'
import { chosen, refused, settled, type Decisions } from './decisions.ts'
import type { Reservations } from './reservations.ts'
import type { Selection } from './selection.ts'
import { settle } from './settle.ts'
import { createWaitQueue, type WaitQueue } from './wait-queue.ts'

type Deps = {
  readonly context: EngineContext
  readonly clock: Clock
  readonly pool: Pool
  readonly conversations: Conversations
  readonly decisions: Decisions
  readonly reservations: Reservations
  readonly selection: Selection
  readonly egressWatch: () => Pick<EgressWatch, 'called' | 'refused'> | undefined
  /** Whether something changed since it was last asked that requests may wait for on any lane. */
  readonly takeWakesOthers: () => boolean
}

/** What the gateway may do, and the queue of those that wait. */
export function createKeys(deps: Deps): { readonly keys: Keys; readonly waiting: WaitQueue } {
  const { context, clock, decisions, reservations, selection } = deps
  const waiting = createWaitQueue({
    clock,
    length: () => context.policy().capacity.waiting,
    reserve,
    peek: (wanted) => reasonOf(peek(context, selection, { wanted, now: clock.now() })),
    hasHope: ({ tried }) => (tried?.size ?? 0) < context.inventory.keys.size,
  })

  function reserve(wanted: KeyRequest): ReserveResult {
    const now = clock.now()
    const answer = choose(context, selection, { wanted, now })
    if ('kind' in answer) {
      if (answer.kind === 'egress-down') deps.egressWatch()?.refused()
      decisions.record(refused(context.tables, wanted, { reason: answer.kind, at: now }))
      return { ok: false, reason: answer }
    }
    const reservation = reservations.take(answer, wanted, now)
    decisions.record(chosen(reservation))
    recordUse(deps, wanted, reservation)
    deps.egressWatch()?.called()
    return { ok: true, reservation }
  }

  function finish(reservation: Reservation, outcome: Outcome | undefined): LaneStatus | undefined {
    const active = reservations.end(reservation)
    if (!active) return undefined
    settle({ context, pool: deps.pool, now: clock.now() }, active, outcome)
    if (outcome) decisions.record(settled(active, outcome.verdict, clock.now()))
    waiting.wake(deps.takeWakesOthers() ? undefined : active.lane)
    return active.candidate.status
  }

  return {
    waiting,
    keys: {
      reserve,
      wait: (wanted, options) => waiting.wait(wanted, options),
      settle: finish,
      release: (reservation) => void finish(reservation, undefined),
    },
  }
}

function recordUse(
  { pool, conversations }: Deps,
  { model, conversation }: KeyRequest,
  { key, choice, reservedAt }: Reservation,
): void {
  if (choice === 'pool') pool.recordLookup({ key, model })
  else if (choice === 'least-recently-used') pool.recordLookup({ key: undefined, model })
  if (conversation !== undefined) conversations.remember({ conversation, key, now: reservedAt })
}

function reasonOf(answer: object | NoKeyReason): NoKeyReason | undefined {
  return 'kind' in answer ? answer : undefined
}
