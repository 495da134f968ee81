import type { choices } from '@gemini-balance/contract'
import type { Outcome } from '../google/outcome.ts'
import type { Secret } from '../log/secret.ts'
import type { LaneStatus } from './lane-status.ts'

export type KeyId = number
export type ProjectId = string

/**
 * Who said where a key belongs: a person; Google, in an error that names the project; or the files that keys of one project share.
 */
export type ProjectSource = 'operator' | 'imported' | 'learned' | 'files'

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

export const limitNames = ['minuteRequests', 'minuteTokens', 'dayRequests', 'dayTokens'] as const
export type LimitName = (typeof limitNames)[number]

/** Limits as the operator sets them for a lane. */
export type LimitOverrides = { readonly [name in LimitName]?: number | undefined }

/**
 * What a request asks of the keys.
 * `lane` names what quota attaches to inside a project: the upstream model (`gemini-3.8-flash`), or model and method where
 * Google counts the method by itself (`gemini-3.8-flash:countTokens`), or `''` for calls that no model quota counts.
 */
export type KeyRequest = {
  /** The request's id, by which its decisions are found later. */
  readonly request?: string
  readonly lane: string
  /** The upstream model without `models/`; compared with a key's allowed models. `''` when there is none. */
  readonly model: string
  readonly estimatedInputTokens: number
  /** Keys this request has tried; none of them is given again. */
  readonly tried?: ReadonlySet<KeyId>
  /** Projects this request must not use again (`model-not-found` asks for another project). */
  readonly triedProjects?: ReadonlySet<ProjectId>
  /** Hard affinity: the project that owns a resource the request uses. */
  readonly owner?: ProjectId
  /** Soft affinity: a hash that is the same for every turn of one conversation. */
  readonly conversation?: string | undefined
  /** Only keys of paid projects. */
  readonly paidOnly?: boolean
  /** Only keys that Google takes as a Bearer credential. */
  readonly bearerOnly?: boolean
}

/** Why a key was chosen. */
export type Choice = (typeof choices)[number]

/** A key for one attempt. Every reservation is settled exactly once, or released when no call was made. */
export type Reservation = {
  readonly request: string | undefined
  readonly key: KeyId
  readonly project: ProjectId
  readonly lane: string
  readonly secret: Secret
  readonly reservedAt: number
  readonly estimatedInputTokens: number
  /** The one call that finds out whether something closed works again. */
  readonly trial: boolean
  readonly choice: Choice
  /** How many groups of keys could have been chosen, of how many. */
  readonly ready: number
  readonly groups: number
}

/** Why there is no key now. `wakesAt` is the soonest time (ms since the epoch) at which that may change. */
export type NoKeyReason =
  | { readonly kind: 'no-keys' }
  | { readonly kind: 'none-alive' }
  | { readonly kind: 'all-tried' }
  | { readonly kind: 'none-allowed' }
  | { readonly kind: 'model-unavailable' }
  | { readonly kind: 'exhausted'; readonly wakesAt: number; readonly quotaIds: readonly string[] }
  | { readonly kind: 'overloaded'; readonly wakesAt: number }
  | { readonly kind: 'egress-down'; readonly wakesAt: number }
  | { readonly kind: 'location-refused'; readonly wakesAt: number }

export type ReserveResult =
  | { readonly ok: true; readonly reservation: Reservation }
  | { readonly ok: false; readonly reason: NoKeyReason }

/** The part of the engine that the gateway knows. Nothing here touches a database, and only `wait` waits. */
export interface Keys {
  /** Takes a key for one attempt, at once or not at all. */
  reserve(wanted: KeyRequest): ReserveResult
  /** Like `reserve`, but waits its turn up to `maxWaitMs` when a lane wakes in time. Rejects only with the signal's reason. */
  wait(
    wanted: KeyRequest,
    options: { maxWaitMs: number; signal: AbortSignal },
  ): Promise<ReserveResult>
  /** Reports how an attempt ended. Returns the status of its lane after that. Never throws. */
  settle(reservation: Reservation, outcome: Outcome): LaneStatus | undefined
  /** Gives a reservation back unused. */
  release(reservation: Reservation): void
}

export type ProbeCall = {
  /** The model of the settings where it is not given. */
  readonly model?: string | undefined
  /** By the shortest answer, which costs the project one request; else by countTokens. */
  readonly generates: boolean
}

/** Asks Google about a key, by countTokens where no call is given. Undefined when the key is gone. */
export type Probe = (key: KeyId, call?: ProbeCall) => Promise<Outcome | undefined>

/** How the gateway finds out whether Google can be reached. */
export type EgressTrials = {
  /** A small call over a connection of its own. Any answer will do. Undefined when the key is gone. */
  run(key: KeyId, limitMs: number): Promise<Outcome | undefined>
  /** No later call uses a connection from before the outage. */
  renew(): void
  /** Fails the calls that have no byte of an answer. */
  giveUpSilentCalls(): void
}

/** `isFinal`: the key may not use files. Otherwise Google could not be asked now. */
export type FilesAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly isFinal: boolean; readonly because: string }

/** Only asked whether it has a name, so that nothing is copied for each key. */
export type MarkerNames = Pick<ReadonlySet<string>, 'has'>

/** Files in the projects of keys, which show what keys belong together. Never rejects; names of other files go nowhere. */
export type ProjectFiles = {
  /** Those of the names that the key's project has files of. */
  find(key: KeyId, names: MarkerNames): Promise<FilesAnswer<readonly string[]>>
  /** Uploads a file of this display name, and answers what Google calls it. */
  put(key: KeyId, name: string): Promise<FilesAnswer<string>>
  remove(key: KeyId, file: string): Promise<FilesAnswer<undefined>>
}
