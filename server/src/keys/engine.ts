import { administration, type Administration } from './inventory/control.ts'
import { breakerOpensAt, openAfterSilence, type Breaker } from './effects/breaker.ts'
import { createConversations } from './selection/affinity.ts'
import { countAll, countInSteps, isAnyActive, type Counts } from './views/counts.ts'
import { createWorld } from './inventory/create-context.ts'
import { createDecisions, type Decision } from './selection/decisions.ts'
import { createDirty } from './state/changes.ts'
import { applyOutcome } from './effects/effects.ts'
import type { Hold } from './inventory/entities.ts'
import type { EmitKeyEvent } from './events.ts'
import { explain, type Explanation } from './selection/explain.ts'
import { isTrying } from './inventory/cooldown.ts'
import type { KeyPolicy } from './policy.ts'
import { placeLane } from './lanes/lane-table.ts'
import { noLimits } from './lanes/limits.ts'
import type { Outcome } from '../google/outcome.ts'
import { Pool } from './pool/pool.ts'
import { poolStatus, type PoolStatus } from './pool/pool-status.ts'
import type { Ask, KeyId, Keys, Refusal, Reservation, ReserveResult } from './types.ts'
import type { Clock, Random } from '../runtime/clock.ts'
import type { Probe } from './checks/prober.ts'
import { refusalFor } from './selection/no-key-reason.ts'
import { correctLedger, createReservations, type Reservations } from './selection/reservations.ts'
import { createSelection, type Pick, type Selection } from './selection/selection.ts'
import { snapshotProjects, type ProjectSnapshot } from './views/projects.ts'
import {
  glanceAt,
  snapshotKey,
  snapshotKeys,
  snapshotLanes,
  type KeyFilter,
  type KeyGlance,
  type KeySnapshot,
  type LaneFilter,
  type LaneSnapshot,
  type Page,
  type Paged,
} from './views/snapshots.ts'
import type { Standing } from './lane-status.ts'
import { createState, type State } from './state/state.ts'
import { startUpkeep, type Upkeep } from './checks/key-checks.ts'
import { createWaitQueue, type WaitQueue } from './selection/wait-queue.ts'
import type { World } from './inventory/engine-context.ts'

export type EngineDeps = {
  readonly clock: Clock
  readonly random: Random
  readonly policy: () => KeyPolicy
  readonly onEvent?: EmitKeyEvent
}

/** What pages, metrics and `/ready` look at. */
export type Views = {
  snapshotKeys(filter?: KeyFilter): Paged<KeySnapshot>
  snapshotKey(key: KeyId): KeySnapshot | undefined
  glance(key: KeyId): KeyGlance | undefined
  snapshotLanes(filter?: LaneFilter): Paged<LaneSnapshot>
  snapshotProjects(page?: Page): Paged<ProjectSnapshot>
  counts(): Counts
  /** The same, so few keys at a time that no request waits for it. */
  countsInSteps(): Promise<Counts>
  /** Whether there is a key that can be used. */
  hasActiveKey(): boolean
  poolStatus(): PoolStatus
  /** The latest choices and settlements, newest first. */
  decisions(): Decision[]
  explain(ask: Ask): Explanation
}

export type KeyEngine = Keys &
  Administration &
  State &
  Views & {
    /** Takes a key out of the pool, until it answers again. */
    removeFromPool(key: KeyId): boolean
    /** Starts probes and pool upkeep. The pool is filled first when `preload` is called on what comes back. */
    startUpkeep(probe: Probe): Upkeep
    close(): void
  }

/** All that the engine is made of. */
type Parts = {
  readonly deps: EngineDeps
  readonly world: World
  readonly pool: Pool
  readonly reservations: Reservations
  readonly waiting: WaitQueue
}

/** While a trial is out its outcome may come any moment; whoever waits for it looks again this soon. */
const trialLookMs = 1000

export function createKeyEngine(deps: EngineDeps): KeyEngine {
  const { clock, random, policy } = deps
  const dirty = createDirty()
  let upkeep: Upkeep | undefined
  let stirred = false
  const pool = new Pool({
    policy: () => policy().pool,
    random,
    now: () => clock.now(),
    onLoss: (loss) => upkeep?.keeper.lost(loss),
  })
  const world = createWorld({
    ...deps,
    dirty,
    pool,
    emit: safely(deps.onEvent),
    stirred: () => (stirred = true),
  })
  const conversations = createConversations(policy)
  const decisions = createDecisions(policy().decisionCap)
  const reservations = createReservations(world)
  const selection = createSelection({ ...world, conversations, pool })
  const waiting = createWaitQueue({
    clock,
    length: () => policy().queueLength,
    reserve,
    look: (ask) => refusalOf(tryOut(world, selection, { ask, now: clock.now() })),
    hasHope: ({ tried }) => (tried?.size ?? 0) < world.fleet.keys.size,
  })
  const parts: Parts = { deps, world, pool, reservations, waiting }

  function reserve(ask: Ask): ReserveResult {
    const now = clock.now()
    const answer = select(world, selection, { ask, now })
    if ('kind' in answer) {
      decisions.note(refused(world, ask, { reason: answer.kind, at: now }))
      return { ok: false, refusal: answer }
    }
    const reservation = reservations.take(answer, ask, now)
    const { key, choice } = reservation
    decisions.note(chosen(reservation))
    if (choice === 'pool') pool.looked({ key, model: ask.model })
    else if (choice === 'least-recently-used') pool.looked({ key: undefined, model: ask.model })
    if (ask.conversation !== undefined) {
      conversations.remember({ conversation: ask.conversation, key, now })
    }
    return { ok: true, reservation }
  }

  function finish(reservation: Reservation, outcome: Outcome | undefined): Standing | undefined {
    const hold = reservations.end(reservation)
    if (!hold) return undefined
    finishHold(parts, hold, outcome)
    if (outcome) decisions.note(settled(hold, outcome, clock.now()))
    const everybody = stirred
    stirred = false
    waiting.wake(everybody ? undefined : hold.lane)
    return hold.entry.standing
  }

  return {
    reserve,
    wait: (ask, options) => waiting.wait(ask, options),
    settle: finish,
    release: (reservation) => void finish(reservation, undefined),
    ...administration({ world, changed: () => waiting.wake() }),
    ...createState({ world, dirty }),
    ...views(parts),
    decisions: () => decisions.list(),
    explain: (ask) => look(world, selection, { ask, now: clock.now() }),
    removeFromPool: (key) => pool.remove(key),
    startUpkeep(probe) {
      upkeep?.close()
      upkeep = startUpkeep({ world, clock, random, reservations, pool, probe })
      return upkeep
    },
    close() {
      upkeep?.close()
      waiting.close()
    },
  }
}

function views(parts: Parts): Omit<Views, 'decisions' | 'explain'> {
  const { world, pool, waiting, deps } = parts
  const now = () => deps.clock.now()
  const moment = () => ({ now: now(), waiting: waiting.size, pool: pool.size })
  const inPool = (id: KeyId) => pool.has(id)
  return {
    snapshotKeys: (filter = {}) => snapshotKeys(world, filter, { now: now(), inPool }),
    snapshotKey(id) {
      const key = world.fleet.keys.get(id)
      return key && snapshotKey(key, { now: now(), inPool })
    },
    glance(id) {
      const key = world.fleet.keys.get(id)
      return key && glanceAt(key, now())
    },
    snapshotLanes: (filter = {}) => snapshotLanes(world, filter, now()),
    snapshotProjects: (page = {}) => snapshotProjects(world, page, now()),
    counts: () => countAll(world, moment()),
    countsInSteps: () => countInSteps(world, moment),
    hasActiveKey: () => isAnyActive(world, now()),
    poolStatus: () => poolStatus(pool, { policy: deps.policy().pool, now: now() }),
  }
}

type Search = { readonly ask: Ask; readonly now: number }

function select(world: World, selection: Selection, { ask, now }: Search): Pick | Refusal {
  const { fleet, lanes, egress } = world
  if (breakerOpensAt(egress, now) > now) {
    return { kind: 'egress-down', wakesAt: soonest(egress, now) }
  }
  const table = lanes.tableFor(ask.lane, ask.model)
  const model = world.modelBreaker(table)
  openAfterSilence(model, now)
  if (breakerOpensAt(model, now) > now) {
    return { kind: 'overloaded', wakesAt: soonest(model, now) }
  }
  const pick = selection.pick({ table, ask, now })
  if (pick) return pick
  const refusal = refusalFor({ fleet, lanes }, { table, ask, now })
  if (refusal.kind !== 'exhausted' || table.standings.trial === 0) return refusal
  return { ...refusal, wakesAt: Math.min(refusal.wakesAt, now + trialLookMs) }
}

function refusalOf(answer: Pick | Refusal): Refusal | undefined {
  return 'kind' in answer ? answer : undefined
}

/** What a request would meet; takes nothing. */
function tryOut(world: World, selection: Selection, search: Search): Pick | Refusal {
  const answer = select(world, selection, search)
  if (!('kind' in answer)) world.lanes.placeLane(answer.entry.lane)
  return answer
}

function look(world: World, selection: Selection, search: Search): Explanation {
  return explain(world, { ...search, answer: tryOut(world, selection, search) })
}

function soonest(breaker: Breaker, now: number): number {
  const opensAt = breakerOpensAt(breaker, now)
  const trying = breaker.gate !== undefined && isTrying(breaker.gate, now)
  return trying ? Math.min(opensAt, now + trialLookMs) : opensAt
}

function finishHold({ world, pool, deps }: Parts, hold: Hold, outcome: Outcome | undefined): void {
  const now = deps.clock.now()
  const { lane } = hold.entry
  if (!outcome) lane.ledger.correct(hold.note, { requests: -1, tokens: -hold.note.tokens })
  else {
    correctLedger(hold, outcome)
    // A key that was taken away meanwhile has nothing left to be judged.
    if (!hold.of.gone) {
      const scene = { hold, lane, key: hold.of, project: lane.project, now, outcome }
      applyOutcome(scene, world)
      judgeMember(pool, hold.key, outcome)
    }
  }
  if (hold.trials.length > 0) world.touch.project(hold.of.seat.project)
  else if (lane.ledger.limits !== noLimits || outcome?.verdict !== 'answered') placeLane(lane, now)
}

/** A success on live traffic is proof. A failure of Google's takes a key out of the pool for the moment, and no more. */
function judgeMember(pool: Pool, key: KeyId, { verdict }: Outcome): void {
  if (verdict === 'answered') pool.proven(key)
  else if (verdict === 'upstream-failed' || verdict === 'timed-out') pool.remove(key)
}

/** Whoever listens cannot make a settlement fail; that it failed itself is said aloud. */
function safely(listen: EmitKeyEvent = () => {}): EmitKeyEvent {
  return (event) => {
    try {
      listen(event)
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}

function refused(
  world: World,
  { request, lane }: Ask,
  { reason, at }: { reason: Refusal['kind']; at: number },
): Decision {
  const standings = world.lanes.tables.get(lane)?.standings
  return { kind: 'refused', request, at, lane, reason, candidates: standings && { ...standings } }
}

function chosen(hold: Hold): Decision {
  const { request, reservedAt, lane, key, project, choice, trial } = hold
  const candidates = { ...hold.entry.lane.table.standings }
  return { kind: 'chosen', request, at: reservedAt, lane, key, project, choice, trial, candidates }
}

function settled(hold: Hold, { verdict }: Outcome, at: number): Decision {
  const { request, lane, key, reservedAt, entry } = hold
  const tookMs = at - reservedAt
  return { kind: 'settled', request, at, lane, key, verdict, tookMs, standing: entry.standing }
}
