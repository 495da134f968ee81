import { administration, type Administration } from './inventory/control.ts'
import { breakerOpensAt, openAfterSilence, type Breaker } from './effects/breaker.ts'
import { createConversations } from './selection/affinity.ts'
import { countAll, countInSteps, isAnyActive, type Counts } from './views/counts.ts'
import { createContext } from './inventory/create-context.ts'
import { createDecisions, type Decision } from './selection/decisions.ts'
import { createDirty } from './state/changes.ts'
import { applyOutcome } from './effects/effects.ts'
import type { ActiveReservation } from './inventory/entities.ts'
import type { EmitKeyEvent } from './events.ts'
import { explain, type Explanation } from './selection/explain.ts'
import { isTrying } from './inventory/cooldown.ts'
import type { KeyPolicy } from './policy.ts'
import { placeLane } from './lanes/lane-table.ts'
import { noLimits } from './lanes/limits.ts'
import type { Outcome } from '../google/outcome.ts'
import { Pool } from './pool/pool.ts'
import { poolStatus, type PoolStatus } from './pool/pool-status.ts'
import type { KeyRequest, KeyId, Keys, NoKeyReason, Reservation, ReserveResult } from './types.ts'
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
import type { LaneStatus } from './lane-status.ts'
import { createState, type State } from './state/state.ts'
import { startChecks, type KeyChecks } from './checks/key-checks.ts'
import { createWaitQueue, type WaitQueue } from './selection/wait-queue.ts'
import type { EngineContext } from './inventory/engine-context.ts'

export type EngineDeps = {
  readonly clock: Clock
  readonly random: Random
  readonly policy: () => KeyPolicy
  readonly onEvent?: EmitKeyEvent
}

/** What pages, metrics and `/ready` look at. */
export type KeyViews = {
  keys(filter?: KeyFilter): Paged<KeySnapshot>
  key(key: KeyId): KeySnapshot | undefined
  glance(key: KeyId): KeyGlance | undefined
  lanes(filter?: LaneFilter): Paged<LaneSnapshot>
  projects(page?: Page): Paged<ProjectSnapshot>
  counts(): Counts
  /** The same, so few keys at a time that no request waits for it. */
  countsInSteps(): Promise<Counts>
  /** Whether there is a key that can be used. */
  isReady(): boolean
  pool(): PoolStatus
  /** The latest choices and settlements, newest first. */
  decisions(): Decision[]
  explain(wanted: KeyRequest): Explanation
}

/** What a person may do to keys, their projects and lanes. */
export type KeyControl = Administration & {
  /** Takes a key out of the pool, until it answers again. */
  removeFromPool(key: KeyId): boolean
}

/** The engine, member by member: who needs a part is handed that part. */
export type KeyEngine = {
  /** For the gateway. */
  readonly keys: Keys
  /** For the operator. */
  readonly control: KeyControl
  /** For pages, metrics and `/ready`. */
  readonly views: KeyViews
  /** For restarts. */
  readonly state: State
  /** Starts probes and pool maintenance. The pool is filled first when `preload` is called on what comes back. */
  startChecks(probe: Probe): KeyChecks
  close(): void
}

/** All that the engine is made of. */
type Parts = {
  readonly deps: EngineDeps
  readonly world: EngineContext
  readonly pool: Pool
  readonly reservations: Reservations
  readonly waiting: WaitQueue
}

/** While a trial is out its outcome may come any moment; whoever waits for it looks again this soon. */
const trialLookMs = 1000

export function createKeyEngine(deps: EngineDeps): KeyEngine {
  const { clock, random, policy } = deps
  const dirty = createDirty()
  let upkeep: KeyChecks | undefined
  let stirred = false
  const pool = new Pool({
    policy: () => policy().pool,
    random,
    now: () => clock.now(),
    onLoss: (loss) => upkeep?.keeper.lost(loss),
  })
  const world = createContext({
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
    look: (wanted) => refusalOf(tryOut(world, selection, { wanted, now: clock.now() })),
    hasHope: ({ tried }) => (tried?.size ?? 0) < world.fleet.keys.size,
  })
  const parts: Parts = { deps, world, pool, reservations, waiting }

  function reserve(wanted: KeyRequest): ReserveResult {
    const now = clock.now()
    const answer = select(world, selection, { wanted, now })
    if ('kind' in answer) {
      decisions.note(refused(world, wanted, { reason: answer.kind, at: now }))
      return { ok: false, refusal: answer }
    }
    const reservation = reservations.take(answer, wanted, now)
    const { key, choice } = reservation
    decisions.note(chosen(reservation))
    if (choice === 'pool') pool.looked({ key, model: wanted.model })
    else if (choice === 'least-recently-used') pool.looked({ key: undefined, model: wanted.model })
    if (wanted.conversation !== undefined) {
      conversations.remember({ conversation: wanted.conversation, key, now })
    }
    return { ok: true, reservation }
  }

  function finish(reservation: Reservation, outcome: Outcome | undefined): LaneStatus | undefined {
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
    keys: {
      reserve,
      wait: (wanted, options) => waiting.wait(wanted, options),
      settle: finish,
      release: (reservation) => void finish(reservation, undefined),
    },
    control: {
      ...administration({ world, changed: () => waiting.wake() }),
      removeFromPool: (key) => pool.remove(key),
    },
    views: {
      ...views(parts),
      decisions: () => decisions.list(),
      explain: (wanted) => look(world, selection, { wanted, now: clock.now() }),
    },
    state: createState({ world, dirty }),
    startChecks(probe) {
      upkeep?.close()
      upkeep = startChecks({ world, clock, random, reservations, pool, probe })
      return upkeep
    },
    close() {
      upkeep?.close()
      waiting.close()
    },
  }
}

function views(parts: Parts): Omit<KeyViews, 'decisions' | 'explain'> {
  const { world, pool, waiting, deps } = parts
  const now = () => deps.clock.now()
  const moment = () => ({ now: now(), waiting: waiting.size, pool: pool.size })
  const inPool = (id: KeyId) => pool.has(id)
  return {
    keys: (filter = {}) => snapshotKeys(world, filter, { now: now(), inPool }),
    key(id) {
      const key = world.fleet.keys.get(id)
      return key && snapshotKey(key, { now: now(), inPool })
    },
    glance(id) {
      const key = world.fleet.keys.get(id)
      return key && glanceAt(key, now())
    },
    lanes: (filter = {}) => snapshotLanes(world, filter, now()),
    projects: (page = {}) => snapshotProjects(world, page, now()),
    counts: () => countAll(world, moment()),
    countsInSteps: () => countInSteps(world, moment),
    isReady: () => isAnyActive(world, now()),
    pool: () => poolStatus(pool, { policy: deps.policy().pool, now: now() }),
  }
}

type Search = { readonly wanted: KeyRequest; readonly now: number }

function select(
  world: EngineContext,
  selection: Selection,
  { wanted, now }: Search,
): Pick | NoKeyReason {
  const { fleet, lanes, egress } = world
  if (breakerOpensAt(egress, now) > now) {
    return { kind: 'egress-down', wakesAt: soonest(egress, now) }
  }
  const table = lanes.tableFor(wanted.lane, wanted.model)
  const model = world.modelBreaker(table)
  openAfterSilence(model, now)
  if (breakerOpensAt(model, now) > now) {
    return { kind: 'overloaded', wakesAt: soonest(model, now) }
  }
  const pick = selection.pick({ table, wanted, now })
  if (pick) return pick
  const refusal = refusalFor({ fleet, lanes }, { table, wanted, now })
  if (refusal.kind !== 'exhausted' || table.laneStatuses.trial === 0) return refusal
  return { ...refusal, wakesAt: Math.min(refusal.wakesAt, now + trialLookMs) }
}

function refusalOf(answer: Pick | NoKeyReason): NoKeyReason | undefined {
  return 'kind' in answer ? answer : undefined
}

/** What a request would meet; takes nothing. */
function tryOut(world: EngineContext, selection: Selection, search: Search): Pick | NoKeyReason {
  const answer = select(world, selection, search)
  if (!('kind' in answer)) world.lanes.placeLane(answer.entry.lane)
  return answer
}

function look(world: EngineContext, selection: Selection, search: Search): Explanation {
  return explain(world, { ...search, answer: tryOut(world, selection, search) })
}

function soonest(breaker: Breaker, now: number): number {
  const opensAt = breakerOpensAt(breaker, now)
  const trying = breaker.gate !== undefined && isTrying(breaker.gate, now)
  return trying ? Math.min(opensAt, now + trialLookMs) : opensAt
}

function finishHold(
  { world, pool, deps }: Parts,
  hold: ActiveReservation,
  outcome: Outcome | undefined,
): void {
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
  world: EngineContext,
  { request, lane }: KeyRequest,
  { reason, at }: { reason: NoKeyReason['kind']; at: number },
): Decision {
  const laneStatuses = world.lanes.tables.get(lane)?.laneStatuses
  return {
    kind: 'refused',
    request,
    at,
    lane,
    reason,
    candidates: laneStatuses && { ...laneStatuses },
  }
}

function chosen(hold: ActiveReservation): Decision {
  const { request, reservedAt, lane, key, project, choice, trial } = hold
  const candidates = { ...hold.entry.lane.table.laneStatuses }
  return { kind: 'chosen', request, at: reservedAt, lane, key, project, choice, trial, candidates }
}

function settled(hold: ActiveReservation, { verdict }: Outcome, at: number): Decision {
  const { request, lane, key, reservedAt, entry } = hold
  const tookMs = at - reservedAt
  return { kind: 'settled', request, at, lane, key, verdict, tookMs, standing: entry.standing }
}
