import type { Outcome } from '../outcome.ts'
import { errorRules } from './error-rules.ts'
import { readGoogleError } from './google-error.ts'

export type ErrorAnswer = {
  readonly status: number
  readonly bodyText: string
  /** Whether the request names a resource of one project. */
  readonly usesResource: boolean
  /** Whether the key travelled as a Bearer credential. */
  readonly asBearer?: boolean
  /** Takes the keys out of Google's words. */
  readonly scrub: (text: string) => string
}

const evidenceLength = 1000

/** What an error of Google's means for whom. */
export function classifyError({
  status,
  bodyText,
  usesResource,
  asBearer = false,
  scrub,
}: ErrorAnswer): Outcome {
  // Before anything is read or cut: what is learned from an error is shown and stored, and half a key is not found.
  const error = readGoogleError(status, scrub(bodyText))
  const rule = errorRules.find(({ when }) => when({ ...error, usesResource, asBearer }))
  const reason = error.reason === '' ? error.rpcStatus : error.reason
  return {
    verdict: rule?.verdict ?? 'request-refused',
    status: error.status,
    message: scrub(error.message).slice(0, evidenceLength),
    ...(reason === '' ? {} : { reason }),
    ...(error.consumer === undefined ? {} : { consumer: error.consumer }),
    ...(error.violations.length === 0 ? {} : { violations: error.violations }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  }
}
