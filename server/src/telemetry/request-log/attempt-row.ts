import type { Choice } from '../../keys/types.ts'
import type { LaneStatus } from '../../keys/lane-status.ts'

/** What many attempts have in common. */
export type AttemptKind = {
  readonly model: string
  readonly lane: string
  readonly dialect: string
  readonly method: string
  /** Names the token used and tells nothing of it. */
  readonly caller: string | undefined
  /** 0 when no answer arrived. */
  readonly status: number
  readonly verdict: string
  readonly streamed: boolean
}

/** One attempt, as the request log keeps it. No secret is in it: a caller is named by a hash, texts are scrubbed. */
export type AttemptRow = AttemptKind & {
  readonly requestId: string
  readonly number: number
  /** When it began, in milliseconds since the epoch. */
  readonly at: number
  readonly keyId: number
  readonly project: string
  readonly durationMs: number
  readonly firstByteMs: number | undefined
  readonly promptTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly thoughtTokens: number | undefined
  readonly cachedTokens: number | undefined
  /** Why this key, and whether the call was to find out if its lane works again. */
  readonly choice: Choice
  readonly trial: boolean
  /** How many groups of keys could have been chosen, of how many. */
  readonly ready: number
  readonly groups: number
  /** How the lane stood after the attempt. */
  readonly standing: LaneStatus | undefined
  /** Given where the attempt failed. */
  readonly error: { readonly message: string; readonly body: string | undefined } | undefined
}

/** Parts of the log are looked through one by one; `id` tells the part. */
export const idsInPart = 65_536

export const partOf = (id: number) => Math.floor(id / idsInPart)
