import { keyStateOf, type KeyState } from './counts.ts'
import type { Key, Lane, RestReason, SuspensionReason } from '../inventory/entities.ts'
import { gateOpensAt } from '../inventory/cooldown.ts'
import type { LearnedLimits, Limits } from '../lanes/limits.ts'
import type { KeyId, ProjectId } from '../types.ts'
import type { VerdictName } from '../../google/verdicts.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { LaneStatus } from '../lane-status.ts'

export type Page = { readonly offset?: number; readonly limit?: number }

export type KeySnapshot = {
  readonly id: KeyId
  readonly project: ProjectId
  readonly projectSource: string | undefined
  readonly paid: boolean | undefined
  readonly priority: number
  readonly weight: number
  readonly allowedModels: readonly string[] | undefined
  readonly state: KeyState
  /** Why it is not active: the verdict, since when, until when (undefined: until a person acts), in Google's words. */
  readonly because:
    | {
        readonly verdict: VerdictName | SuspensionReason
        readonly reason?: RestReason
        readonly since: number
        readonly until: number | undefined
        readonly message: string | undefined
      }
    | undefined
  readonly streak: number
  readonly inFlight: number
  readonly inPool: boolean
  readonly lastUsedAt: number | undefined
  readonly lastAnsweredAt: number | undefined
}

/** What keys are found and sorted by: made in a moment, for there are many. */
export type KeyGlance = Pick<
  KeySnapshot,
  'state' | 'project' | 'priority' | 'weight' | 'streak' | 'lastUsedAt'
>

export type LaneSnapshot = {
  readonly project: ProjectId
  readonly lane: string
  readonly keys: readonly KeyId[]
  readonly standing: LaneStatus
  readonly since: number | undefined
  /** When it is ready again; undefined when it is, or when no time is known. */
  readonly until: number | undefined
  readonly reason: string | undefined
  readonly quotaIds: readonly string[]
  readonly message: string | undefined
  /** Infinity: not known. */
  readonly limits: Limits
  readonly learned: LearnedLimits | undefined
  readonly used: Limits
  readonly tokenRoom: number
  readonly inFlight: number
}

export type LaneFilter = Page & {
  readonly lane?: string
  readonly project?: ProjectId
  readonly standing?: LaneStatus
}
export type KeyFilter = Page & { readonly state?: KeyState; readonly project?: ProjectId }
export type Paged<T> = { readonly total: number; readonly rows: readonly T[] }

const pageSize = 100
const keysShown = 20

export function paged<T, U>(items: readonly T[], page: Page, show: (item: T) => U): Paged<U> {
  const { offset = 0, limit = pageSize } = page
  return { total: items.length, rows: items.slice(offset, offset + limit).map(show) }
}

type View = { readonly now: number; readonly inPool: (id: KeyId) => boolean }

export function snapshotKeys(
  world: EngineContext,
  filter: KeyFilter,
  view: View,
): Paged<KeySnapshot> {
  const { state, project } = filter
  const keys = [...world.fleet.keys.values()].filter(
    (key) =>
      (project === undefined || key.seat.project.id === project) &&
      (state === undefined || keyStateOf(key, view.now) === state),
  )
  return paged(keys, filter, (key) => snapshotKey(key, view))
}

export function snapshotKey(key: Key, { now, inPool }: View): KeySnapshot {
  const { project } = key.seat
  return {
    id: key.id,
    project: project.id,
    projectSource: key.projectSource,
    paid: project.paid,
    priority: key.priority,
    weight: key.weight,
    allowedModels: key.allowedModels && [...key.allowedModels],
    state: keyStateOf(key, now),
    because: becauseOf(key),
    streak: key.streak,
    inFlight: key.inFlight,
    inPool: inPool(key.id),
    lastUsedAt: key.lastUsedAt || undefined,
    lastAnsweredAt: key.lastAnsweredAt || undefined,
  }
}

export function glanceAt(key: Key, now: number): KeyGlance {
  return {
    state: keyStateOf(key, now),
    project: key.seat.project.id,
    priority: key.priority,
    weight: key.weight,
    streak: key.streak,
    lastUsedAt: key.lastUsedAt || undefined,
  }
}

function becauseOf({ death, rest, seat }: Key): KeySnapshot['because'] {
  if (death) {
    const { verdict, at, message } = death
    return { verdict, since: at, until: undefined, message }
  }
  const { suspension } = seat.project
  if (suspension) {
    const { gate, reason, message } = suspension
    return { verdict: reason, since: gate.since, until: gate.until, message }
  }
  if (!rest) return undefined
  const { gate, reason, verdict } = rest
  return { verdict, reason, since: gate.since, until: gate.until, message: undefined }
}

export function snapshotLanes(
  world: EngineContext,
  filter: LaneFilter,
  now: number,
): Paged<LaneSnapshot> {
  const { lane: name, project, standing } = filter
  const tables = [...world.lanes.tables.values()]
  const awake = tables
    .filter((table) => name === undefined || table.name === name)
    .flatMap((table) => table.lanes)
    .filter((lane) => project === undefined || lane.project.id === project)
    .filter((lane) => standing === undefined || standingOf(lane) === standing)
  const asleep = [...world.lanes.sleepers].filter(
    (sleeper) =>
      (name === undefined || sleeper.table.name === name) &&
      (project === undefined || sleeper.seat.project.id === project) &&
      (standing === undefined || sleeper.standing === standing),
  )
  return paged([...awake, ...asleep], filter, (lane) =>
    snapshotLane('ledger' in lane ? lane : world.lanes.picture(lane), now),
  )
}

function standingOf({ entries }: Lane): LaneStatus {
  const ready = entries.find((entry) => entry.standing === 'ready')
  return ready?.standing ?? entries[0]?.standing ?? 'keyless'
}

export function snapshotLane(lane: Lane, now: number): LaneSnapshot {
  const { project, table, block, ledger, learned, entries } = lane
  const standing = standingOf(lane)
  const wakesAt = Math.min(...entries.map(({ wakeAt }) => wakeAt))
  const shut = block && gateOpensAt(block.gate, now) > now ? block : undefined
  const { minuteRequests, minuteTokens, dayRequests, dayTokens } = ledger.counts(now)
  return {
    project: project.id,
    lane: table.name,
    keys: project.seats.flatMap((seat) => seat.keys.map(({ id }) => id)).slice(0, keysShown),
    standing,
    since: shut?.gate.since ?? project.suspension?.gate.since,
    until: standing === 'ready' || wakesAt === Infinity ? undefined : wakesAt,
    reason: shut?.kind ?? project.suspension?.reason,
    quotaIds: shut?.quotaIds ?? [],
    message: shut?.message ?? project.suspension?.message,
    limits: ledger.limits,
    learned,
    used: { minuteRequests, minuteTokens, dayRequests, dayTokens },
    tokenRoom: ledger.tokenRoom(now),
    inFlight: lane.inFlight,
  }
}
