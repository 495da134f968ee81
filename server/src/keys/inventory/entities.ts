import type { IndexedHeap } from '../../runtime/indexed-heap.ts'
import type { Secret } from '../../log/secret.ts'
import type { VerdictName } from '../../google/verdicts.ts'
import type { LaneStatus } from '../lane-status.ts'
import type { Ledger, RecordedCall } from '../lanes/ledger.ts'
import type { Guesses } from '../lanes/guesses.ts'
import type { LearnedLimits, Limits } from '../lanes/limits.ts'
import type { KeyId, LimitOverrides, ProjectId, ProjectSource, Reservation } from '../types.ts'
import type { Cooldown, KeyCooldown, LaneCooldown, Suspension } from './cooldown.ts'

// These types refer to one another, so they share a file. Each is written only by the file that its comment names.

/** For the files that write. */
export type Writable<T> = { -readonly [name in keyof T]: T[name] }

export type DeadMark = {
  readonly verdict: VerdictName
  readonly at: number
  readonly message: string | undefined
  readonly checkedAt: number
}

/** A file that the survey of projects uploaded with a key: `name` is ours, `file` is Google's. */
export type Marker = { readonly name: string; readonly file: string; readonly at: number }
/** The key may not use files, so the survey leaves it alone. */
export type FilesRefused = { readonly at: number; readonly because: string }

/** Written by `inventory/key.ts`. */
export type Key = {
  readonly id: KeyId
  readonly secret: Secret
  readonly group: KeyGroup
  readonly projectSource: ProjectSource | undefined
  /** The survey has seen in which project its files lie. */
  readonly surveyed: boolean
  readonly marker: Marker | undefined
  readonly filesRefused: FilesRefused | undefined
  readonly priority: number
  readonly weight: number
  readonly allowedModels: ReadonlySet<string> | undefined
  readonly disabled: boolean
  readonly deadMark: DeadMark | undefined
  readonly cooldown: KeyCooldown | undefined
  /** Unknown refusals in a row. */
  readonly streak: number
  readonly cooldownLevel: number
  readonly suspected: boolean
  readonly forgiven: boolean
  readonly inFlight: number
  readonly lastUsedAt: number
  readonly lastAnsweredAt: number
  readonly gone: boolean
}

/** The keys of one project that share a priority: what selection chooses among. Written by `inventory/key-group.ts`. */
export type KeyGroup = {
  readonly project: Project
  readonly tier: Tier
  readonly keys: Key[]
  /** Those neither disabled nor dead, in the order of their turns. */
  readonly usable: Key[]
  /** Index of the next key among the usable ones. */
  readonly next: number
  readonly weight: number
  readonly restricted: boolean
  readonly gone: boolean
}

/** The groups of one priority; paid ones have their own tier, so that a request for paid projects never meets the others. Written by `inventory/key-group.ts`. */
export type Tier = {
  readonly priority: number
  readonly paid: boolean
  readonly groups: KeyGroup[]
  /** How many of the groups are gone. */
  readonly gone: number
  /** Counts how often the list of groups was made anew. */
  readonly generation: number
}

/** Written by `inventory/project.ts`. */
export type Project = {
  readonly id: ProjectId
  readonly paid: boolean | undefined
  readonly paidSource: 'operator' | 'learned' | undefined
  /** By lane name; `*` for every lane that is not named. */
  readonly limits: ReadonlyMap<string, LimitOverrides> | undefined
  readonly suspension: Suspension | undefined
  readonly groups: KeyGroup[]
  readonly lanes: Lane[]
  /** The archive row of the first of its archived lanes. */
  readonly firstArchived: number
}

/** Written by `lanes/lane.ts`. */
export type Lane = {
  readonly project: Project
  readonly table: LaneTable
  readonly ledger: Ledger
  readonly cooldown: LaneCooldown | undefined
  readonly learned: LearnedLimits | undefined
  /** Requests a minute that others seem to make, who share the project. */
  readonly outside: number
  /** More was answered than was guessed. */
  readonly ignoresGuess: boolean
  /** Limits that are known; those of the ledger may be lower, by a guess or by what others use. */
  readonly knownLimits: Limits
  /** 429s without a reason, in a row. */
  readonly unknownQuotas: number
  /** How often in a row the model was not found. */
  readonly notFound: number
  readonly inFlight: number
  readonly candidates: Candidate[]
  /** Its index among the lanes of its table. */
  readonly index: number
}

/** A group in the queues of one lane table. Written by `lanes/queues.ts`. */
export type Candidate = {
  readonly group: KeyGroup
  readonly lane: Lane
  /** Stride scheduling: the candidate with the least pass is next. Each use adds its stride. */
  readonly pass: number
  readonly order: number
  /** It has had no turn yet. */
  readonly isNew: boolean
  readonly status: LaneStatus | undefined
  /** Input tokens that fit now. */
  readonly tokensLeft: number
  readonly wakeAt: number
  readonly heap: IndexedHeap<Candidate> | undefined
  readonly readyIndex: number
  readonly wakeIndex: number
  readonly dropped: boolean
}

/** The candidates of one tier. Written by `lanes/queues.ts`. */
export type TierQueue = {
  readonly tier: Tier
  readonly generation: number
  readonly cursor: number
  /** Groups whose lanes were forgotten or archived, oldest first. They come before every lane in memory. */
  readonly returned: KeyGroup[]
  readonly returnedHead: number
  /** Ready candidates by size class: the power of two of the tokens they have left. */
  readonly bySize: readonly IndexedHeap<Candidate>[]
  /** By size class: a token count that none of its candidates can take. */
  readonly tooSmall: number[]
}

/** `order` and time from which a call may go beyond; refusals in a row; where to look for the next lane. */
export type Beyond = {
  readonly afterOrder: number
  readonly at: number
  readonly refusals: number
  readonly cursor: number
}

/** All lanes of one lane name. Written by `lanes/queues.ts` and `lanes/lane.ts`. */
export type LaneTable = {
  readonly name: string
  readonly model: string
  readonly queues: Map<Tier, TierQueue>
  readonly wakes: IndexedHeap<Candidate>
  readonly statusCounts: Record<LaneStatus, number>
  readonly lanes: Lane[]
  /** Free projects in a row that have no quota for the model at all. */
  readonly freeZeros: number
  readonly guesses: Guesses
  /** When a call may go beyond what is only supposed to be the limit of a lane. */
  readonly beyond: Beyond
  readonly virtualTime: number
  readonly order: number
  readonly inFlight: number
}

/** A reservation with what the engine must remember to settle it. */
export type ActiveReservation = Reservation & {
  readonly of: Key
  readonly candidate: Candidate
  readonly recorded: RecordedCall
  /** Cooldowns for which this call is the trial. */
  readonly trials: readonly Cooldown[]
  /** It goes beyond what is only supposed to be the limit. */
  readonly beyond: boolean
}
