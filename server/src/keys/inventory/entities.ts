import type { Cooldown } from './cooldown.ts'
import type { IndexedHeap } from '../../runtime/indexed-heap.ts'
import type { Ledger, Note } from '../lanes/ledger.ts'
import type { LearnedLimits, LimitOverrides } from '../lanes/limits.ts'
import type { KeyId, ProjectId, Reservation } from '../types.ts'
import type { Secret } from '../../log/secret.ts'
import type { LaneStatus } from '../lane-status.ts'
import type { VerdictName } from '../../google/verdicts.ts'

export type ProjectSource = 'operator' | 'imported' | 'learned'

/** A key as the operator gives it. */
export type KeyConfig = {
  readonly id: KeyId
  readonly secret: Secret
  readonly project?: ProjectId | undefined
  readonly projectSource?: ProjectSource | undefined
  readonly paid?: boolean | undefined
  /** Higher first; 0 when not given. */
  readonly priority?: number | undefined
  /** Share of the traffic among equals; 1 when not given. */
  readonly weight?: number | undefined
  /** Undefined: all models. */
  readonly allowedModels?: readonly string[] | undefined
  readonly disabled?: boolean | undefined
}

export type DeadMark = {
  readonly verdict: VerdictName
  readonly at: number
  readonly message: string | undefined
  checkedAt: number
}

/** `failing`: MAX_FAILURES met. `suspect`: refused once, a second time is death. `held-back`: not punished yet, because many keys failed together. */
export type RestReason = 'failing' | 'suspect' | 'held-back'
export type KeyCooldown = {
  readonly gate: Cooldown
  readonly reason: RestReason
  readonly verdict: VerdictName
}

export type Key = {
  readonly id: KeyId
  secret: Secret
  seat: KeyGroup
  projectSource: ProjectSource | undefined
  priority: number
  weight: number
  allowedModels: ReadonlySet<string> | undefined
  disabled: boolean
  death: DeadMark | undefined
  rest: KeyCooldown | undefined
  /** Unexplained failures in a row. */
  streak: number
  restLevel: number
  suspected: boolean
  spared: boolean
  inFlight: number
  lastUsedAt: number
  lastAnsweredAt: number
  gone: boolean
}

/** The keys of one project that share a priority: what selection chooses among. Nearly always all keys of the project. */
export type KeyGroup = {
  readonly project: Project
  readonly line: Tier
  keys: Key[]
  /** Those neither disabled nor dead, in the order in which they take turns. */
  usable: Key[]
  next: number
  weight: number
  restricted: boolean
  gone: boolean
}

/** The seats of one priority, paid ones apart, so that a request for paid projects never looks at the others. */
export type Tier = {
  readonly priority: number
  readonly paid: boolean
  seats: KeyGroup[]
  gone: number
  generation: number
}

export type SuspensionReason =
  | 'project-suspended'
  | 'service-disabled'
  | 'project-unfunded'
  | 'project-needs-billing'
export type Suspension = {
  readonly gate: Cooldown
  readonly reason: SuspensionReason
  readonly message: string | undefined
  /** How often in a row its trial failed. */
  readonly level?: number
}

export type Project = {
  readonly id: ProjectId
  paid: boolean | undefined
  paidSource: 'operator' | 'learned' | undefined
  /** By lane name; `*` for every lane that is not named. */
  limits: ReadonlyMap<string, LimitOverrides> | undefined
  suspension: Suspension | undefined
  seats: KeyGroup[]
  lanes: Lane[]
  /** The row of the first of its lanes that sleep. */
  firstAsleep: number
}

export const blockKinds = [
  'quota',
  'quota-unknown',
  'quota-zero',
  'model-closed',
  'model-not-found',
] as const
export type BlockKind = (typeof blockKinds)[number]
export type LaneCooldown = {
  readonly gate: Cooldown
  readonly kind: BlockKind
  readonly quotaIds: readonly string[]
  readonly message: string | undefined
}

export type Lane = {
  readonly project: Project
  readonly table: LaneTable
  readonly ledger: Ledger
  block: LaneCooldown | undefined
  learned: LearnedLimits | undefined
  /** How often in a row a 429 came without a reason, and a model was not found. */
  unexplained: number
  notFound: number
  inFlight: number
  entries: Candidate[]
  /** Its index among the lanes of its table. */
  place: number
}

/** A seat's place in the queues of one lane table. */
export type Candidate = {
  readonly seat: KeyGroup
  readonly lane: Lane
  /** Virtual time: grows by 1 / weight with each use. */
  pass: number
  order: number
  /** It has had no turn yet. */
  isNew: boolean
  standing: LaneStatus | undefined
  room: number
  wakeAt: number
  heap: IndexedHeap<Candidate> | undefined
  readyIndex: number
  wakeIndex: number
  dropped: boolean
}

export type TierQueue = {
  readonly line: Tier
  generation: number
  cursor: number
  /** Seats whose lanes were forgotten, oldest first: they come before every lane that is remembered. */
  readonly returned: KeyGroup[]
  returnedHead: number
  /** Ready entries by the power of two of their token room. */
  readonly rooms: readonly IndexedHeap<Candidate>[]
  /** Per room: a token count known to fit none of its entries. */
  readonly misfits: number[]
}

export type LaneTable = {
  readonly name: string
  model: string
  readonly queues: Map<Tier, TierQueue>
  readonly wakes: IndexedHeap<Candidate>
  readonly laneStatuses: Record<LaneStatus, number>
  readonly lanes: Lane[]
  /** Free projects in a row that turned out to have no quota for the model at all. */
  freeZeros: number
  virtualTime: number
  order: number
  inFlight: number
}

/** A reservation with what the engine must remember to settle it. */
export type ActiveReservation = Reservation & {
  readonly of: Key
  readonly entry: Candidate
  readonly note: Note
  /** Gates for which this call is the trial. */
  readonly trials: readonly Cooldown[]
}
