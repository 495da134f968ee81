import type { Outcome } from '../../keys/outcome.ts'
import { ClientLeft } from '../client-left.ts'

const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/** What it means that a connection to Google failed before its answer could be judged. */
export function explainFailure(error: Error): Outcome {
  if (error instanceof ClientLeft) return { verdict: 'client-left', status: 0 }
  const code = codeOf(error)
  return {
    verdict: timeoutCodes.has(code) ? 'timed-out' : 'network-failed',
    status: 0,
    reason: code,
    message: error.message,
  }
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause instanceof Error ? codeOf(error.cause) : error.name
}
