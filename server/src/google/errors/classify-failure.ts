import type { Outcome } from '../outcome.ts'
import { ClientDisconnected } from '../../runtime/streams/client-disconnected.ts'

/** Timeouts after the connection was made; a connect timeout is a network failure. */
const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'TimeoutError'])

/** Gives a connection that failed before its answer was inspected an outcome. */
export function classifyFailure(error: Error): Outcome {
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
  // A key that is not a valid header value, for example with a line break, is never sent.
  const isUnsendableKey = code === 'UND_ERR_INVALID_ARG' && error.message.includes('x-goog-api-key')
  return isUnsendableKey ? 'key-invalid' : 'network-failed'
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause instanceof Error ? codeOf(error.cause) : error.name
}
