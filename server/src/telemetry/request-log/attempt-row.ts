import type { Choice } from '../../keys/types.ts'
import type { LaneStatus } from '../../keys/lane-status.ts'

/** The values that many attempts share; stored once. */
export type AttemptKind = {
  readonly model: string
  readonly lane: string
  readonly dialect: string
  readonly method: string
  /** Identifies the token without revealing it. */
  readonly caller: string | undefined
  /** 0 when no answer arrived. */
  readonly status: number
  readonly verdict: string
  readonly streamed: boolean
}

/** A row of the request log. It holds no secret: the caller is a hash, texts are scrubbed. */
export type AttemptRow = AttemptKind & {
  readonly requestId: string
  readonly number: number
  /** When the attempt began, in milliseconds since the epoch. */
  readonly at: number
  readonly keyId: number
  readonly project: string
  readonly durationMs: number
  readonly firstByteMs: number | undefined
  readonly promptTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly thoughtTokens: number | undefined
  readonly cachedTokens: number | undefined
  /** Why this key was chosen, and whether the call was a trial of its lane. */
  readonly choice: Choice
  readonly trial: boolean
  /** How many of how many groups of keys could have been chosen. */
  readonly ready: number
  readonly groups: number
  /** After the attempt. */
  readonly laneStatus: LaneStatus | undefined
  /** Set where the attempt failed. */
  readonly error: { readonly message: string; readonly body: string | undefined } | undefined
}
