import type { VerdictName } from './verdicts.ts'

export type QuotaUnit = 'requests' | 'input-tokens'
export type QuotaWindow = 'minute' | 'day' | 'unknown'

/** One violated quota of a 429. `limit` is Google's `quotaValue`; undefined where Google does not say. */
export type QuotaViolation = {
  readonly quotaId: string
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  readonly limit: number | undefined
  readonly tier: 'free' | 'paid' | undefined
}

/** How one attempt ended, with everything that a key, a lane, a project or a person may want to know about it. */
export type Outcome = {
  readonly verdict: VerdictName
  /** HTTP status, 0 when no answer arrived. */
  readonly status: number
  /** Google's own words, scrubbed of keys and cut to 1 000 characters; what a page and the log show as evidence. */
  readonly message?: string
  /** ErrorInfo.reason, or google.rpc.Status of the error. */
  readonly reason?: string
  /** `projects/123`, from ErrorInfo.metadata.consumer. Never a key. */
  readonly consumer?: string
  readonly violations?: readonly QuotaViolation[]
  /** The longer of RetryInfo and the delay in the message, in milliseconds. */
  readonly retryAfterMs?: number
  /** usageMetadata.promptTokenCount less nothing: what Google's token quota counted. */
  readonly inputTokens?: number
}
