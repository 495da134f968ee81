import type { Outcome } from '../outcome.ts'
import { ClientDisconnected } from '../../runtime/client-disconnected.ts'

/** Google was there, and said nothing in time. A connection that does not stand in time is a failure of the network. */
const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'TimeoutError'])

/** What it means that a connection to Google failed before its answer could be judged. */
export function explainFailure(error: Error): Outcome {
  if (error instanceof ClientDisconnected) return { verdict: 'client-left', status: 0 }
  const code = codeOf(error)
  return {
    verdict: verdictOf(code, error),
    status: 0,
    reason: code,
    message: error.message || code,
  }
}

function verdictOf(code: string, error: Error): Outcome['verdict'] {
  if (timeoutCodes.has(code)) return 'timed-out'
  // A key with a line break or the like cannot be sent at all; the network has no part in that.
  const isUnsendableKey = code === 'UND_ERR_INVALID_ARG' && error.message.includes('x-goog-api-key')
  return isUnsendableKey ? 'key-invalid' : 'network-failed'
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause instanceof Error ? codeOf(error.cause) : error.name
}
