import type { VerdictName } from '../google/verdicts.ts'
import type { KeyCooldownReason, SuspensionReason } from './inventory/cooldown.ts'
import type { LaneStatus } from './lane-status.ts'
import type { LearnedLimits, Limits } from './lanes/limits.ts'
import type { poolStatus } from './pool/pool-status.ts'
import type { Choice, KeyId, KeyRequest, LimitOverrides, NoKeyReason, ProjectId } from './types.ts'

/** What pages, metrics and `/ready` read. */
export type KeyViews = {
  keys(filter?: KeyFilter): Paged<KeySnapshot>
  key(key: KeyId): KeySnapshot | undefined
  glance(key: KeyId): KeyGlance | undefined
  lanes(filter?: LaneFilter): Paged<LaneSnapshot>
  projects(page?: PageRequest): Paged<ProjectSnapshot>
  /** Counts in slices between which requests are served. */
  counts(): Promise<KeyCounts>
  /** Whether any key can be used. */
  isReady(): boolean
  pool(): PoolStatus
  /** The latest choices and settlements, newest first. */
  decisions(): Decision[]
  explain(wanted: KeyRequest): Explanation
}

/** Under the names of the Python program's status page. */
export type PoolStatus = ReturnType<typeof poolStatus>

export type PageRequest = { readonly offset?: number; readonly limit?: number }

export type KeySnapshot = {
  readonly id: KeyId
  readonly project: ProjectId
  readonly projectSource: string | undefined
  readonly paid: boolean | undefined
  readonly priority: number
  readonly weight: number
  readonly allowedModels: readonly string[] | undefined
  readonly state: KeyState
  /** Why it is not active. Without `until` only the operator can change it. `message` is Google's. */
  readonly because:
    | {
        readonly verdict: VerdictName | SuspensionReason
        readonly reason?: KeyCooldownReason
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

/** What keys are found and sorted by. Cheap, for there are many. */
export type KeyGlance = Pick<
  KeySnapshot,
  'state' | 'project' | 'priority' | 'weight' | 'streak' | 'lastUsedAt'
>

export type LaneSnapshot = {
  readonly project: ProjectId
  readonly lane: string
  readonly keys: readonly KeyId[]
  readonly status: LaneStatus
  readonly since: number | undefined
  /** When it is ready again; undefined when it is ready, or when the time is unknown. */
  readonly until: number | undefined
  readonly reason: string | undefined
  readonly quotaIds: readonly string[]
  readonly message: string | undefined
  /** Infinity: not known. */
  readonly limits: Limits
  readonly learned: LearnedLimits | undefined
  readonly used: Limits
  readonly tokensLeft: number
  readonly inFlight: number
}

export type LaneFilter = PageRequest & {
  readonly lane?: string
  readonly project?: ProjectId
  readonly status?: LaneStatus
}
export type KeyFilter = PageRequest & { readonly state?: KeyState; readonly project?: ProjectId }
export type Paged<T> = { readonly total: number; readonly rows: readonly T[] }

export const keyStates = ['active', 'failing', 'suspended', 'dead', 'disabled'] as const
export type KeyState = (typeof keyStates)[number]

export type LaneCounts = {
  readonly lane: string
  readonly inFlight: number
  readonly statusCounts: Readonly<Record<LaneStatus, number>>
  readonly overloadedUntil: number | undefined
}

export type KeyCounts = {
  readonly keys: Readonly<Record<KeyState, number>>
  readonly projects: number
  /** Lanes that have been used; the others count as ready. */
  readonly lanes: readonly LaneCounts[]
  readonly inFlight: number
  readonly waiting: number
  readonly pool: number
  readonly egressDownUntil: number | undefined
}

export type ProjectSnapshot = {
  readonly id: ProjectId
  readonly paid: boolean | undefined
  readonly paidSource: string | undefined
  readonly keys: number
  /** Those neither dead nor disabled. */
  readonly usableKeys: number
  readonly state: 'active' | 'suspended' | 'dead'
  readonly reason: SuspensionReason | undefined
  readonly until: number | undefined
  readonly message: string | undefined
  /** What the operator set, by lane. */
  readonly limits: Readonly<Record<string, LimitOverrides>>
}

/** The lanes of the table by status, when the choice was made. */
export type Candidates = Readonly<Record<LaneStatus, number>>

export type Decision =
  | {
      readonly kind: 'chosen'
      readonly request: string | undefined
      readonly candidates: Candidates
      readonly at: number
      readonly lane: string
      readonly key: KeyId
      readonly project: ProjectId
      readonly choice: Choice
      readonly trial: boolean
    }
  | {
      readonly kind: 'refused'
      readonly request: string | undefined
      readonly candidates: Candidates | undefined
      readonly at: number
      readonly lane: string
      readonly reason: NoKeyReason['kind']
    }
  | {
      readonly kind: 'settled'
      readonly request: string | undefined
      /** After the outcome took effect. */
      readonly laneStatus: LaneStatus | undefined
      readonly at: number
      readonly lane: string
      readonly key: KeyId
      readonly verdict: VerdictName
      readonly tookMs: number
    }

export type TierExplanation = {
  readonly priority: number
  readonly paid: boolean
  /** A group is a project's keys of one priority. */
  readonly groups: number
  /** Groups that have not been used for this lane yet. */
  readonly unused: number
  readonly statusCounts: Readonly<Record<LaneStatus, number>>
}

export type Explanation = {
  readonly at: number
  readonly lane: string
  readonly tiers: readonly TierExplanation[]
  readonly lanes: readonly LaneSnapshot[]
  readonly chosen:
    | {
        readonly key: KeyId
        readonly project: ProjectId
        readonly choice: Choice
        readonly because: string
      }
    | undefined
  readonly reason: NoKeyReason | undefined
}
