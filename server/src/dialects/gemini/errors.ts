import type { HttpAnswer } from '../../http/client-connection.ts'
import type { Failure } from '../failures.ts'

/** A failure in Google's shape: `{error: {code, message, status, details}}`. */
export function renderFailure(failure: Failure): HttpAnswer {
  const { status, message, retryAfterMs } = failure
  const seconds =
    retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000))
  const error = {
    code: status,
    message,
    status: rpcStatus(status),
    details: detailsOf(failure, seconds),
  }
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
      ...(failure.allow === undefined ? {} : { allow: failure.allow }),
    },
    body: JSON.stringify({ error }, undefined, 2),
    reason: failure,
  }
}

const rpc = 'type.googleapis.com/google.rpc'

function detailsOf({ code, message, param }: Failure, seconds: number | undefined): object[] {
  const details: object[] = [
    { '@type': `${rpc}.ErrorInfo`, reason: code.toUpperCase(), domain: 'gemini-balance' },
  ]
  if (param !== undefined) {
    const fieldViolations = [{ field: param, description: message }]
    details.push({ '@type': `${rpc}.BadRequest`, fieldViolations })
  }
  if (seconds !== undefined)
    details.push({ '@type': `${rpc}.RetryInfo`, retryDelay: `${seconds}s` })
  return details
}

/** The google.rpc status of an HTTP status. */
function rpcStatus(status: number): string {
  switch (status) {
    case 401:
      return 'UNAUTHENTICATED'
    case 403:
      return 'PERMISSION_DENIED'
    case 404:
      return 'NOT_FOUND'
    case 429:
      return 'RESOURCE_EXHAUSTED'
    case 500:
      return 'INTERNAL'
    case 502:
    case 503:
      return 'UNAVAILABLE'
    case 504:
      return 'DEADLINE_EXCEEDED'
    default:
      return 'INVALID_ARGUMENT'
  }
}
