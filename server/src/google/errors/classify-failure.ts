import type { Outcome } from '../outcome.ts'
import { ClientDisconnected } from '../../runtime/streams/client-disconnected.ts'

/** Timeouts after the connection was made; a connect timeout is a network failure. */
const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'TimeoutError'])

/** undici refused to send the call, so it tells nothing about the network. */
const unsendableCodes = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED'])
const keyHeader = /invalid (x-goog-api-key|authorization) header/i

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
  if (!unsendableCodes.has(code)) return 'network-failed'
  // A key that is not a valid header value has, for example, a line break.
  return keyHeader.test(error.message) ? 'key-invalid' : 'request-refused'
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause instanceof Error ? codeOf(error.cause) : error.name
}
