import type { Outcome } from '../outcome.ts'
import { errorRules } from './error-rules.ts'
import { readGoogleError } from './google-error.ts'

export type ErrorAnswer = {
  readonly status: number
  readonly bodyText: string
  /** Whether the request names a resource of one project. */
  readonly usesResource: boolean
  /** Whether the key was sent as a Bearer credential. */
  readonly asBearer?: boolean
  /** Removes keys from Google's messages. */
  readonly scrub: (text: string) => string
}

const maxMessageLength = 1000

/** Gives an error of Google its verdict, by the first rule that matches. */
export function classifyError({
  status,
  bodyText,
  usesResource,
  asBearer = false,
  scrub,
}: ErrorAnswer): Outcome {
  // Scrubbed first, because a key that was cut in half would not be recognized.
  const error = readGoogleError(status, scrub(bodyText))
  const rule = errorRules.find(({ when }) => when({ ...error, usesResource, asBearer }))
  const reason = error.reason === '' ? error.rpcStatus : error.reason
  return {
    verdict: rule?.verdict ?? 'request-refused',
    status: error.status,
    message: scrub(error.message).slice(0, maxMessageLength),
    ...(reason === '' ? {} : { reason }),
    ...(error.consumer === undefined ? {} : { consumer: error.consumer }),
    ...(error.violations.length === 0 ? {} : { violations: error.violations }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  }
}
