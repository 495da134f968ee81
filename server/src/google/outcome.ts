import type { VerdictName } from './verdicts.ts'

export type QuotaUnit = 'requests' | 'input-tokens'
export type QuotaWindow = 'minute' | 'day' | 'unknown'

/** One violated quota of a 429. `limit` is Google's `quotaValue`, if given. */
export type QuotaViolation = {
  readonly quotaId: string
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  readonly limit: number | undefined
  readonly tier: 'free' | 'paid' | undefined
}

/** How an attempt ended, with what Google's answer says about keys, quotas and projects. */
export type Outcome = {
  readonly verdict: VerdictName
  /** HTTP status; 0 without an answer. */
  readonly status: number
  /** Google's message, without keys and cut to 1000 characters, for pages and the log. */
  readonly message?: string
  /** ErrorInfo.reason, or google.rpc.Status of the error. */
  readonly reason?: string
  /** `projects/123`, from ErrorInfo.metadata.consumer. Never a key. */
  readonly consumer?: string
  readonly violations?: readonly QuotaViolation[]
  /** The longer of RetryInfo and the delay in the message, in milliseconds. */
  readonly retryAfterMs?: number
  /** usageMetadata.promptTokenCount, which Google's token quota counts. */
  readonly inputTokens?: number
}
