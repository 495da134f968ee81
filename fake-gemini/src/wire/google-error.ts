export type ErrorDetail = { readonly '@type': string } & Readonly<Record<string, unknown>>

/** An HTTP status and the `google.rpc` error body. */
export type GoogleError = {
  readonly code: number
  readonly message: string
  readonly status: string
  readonly details?: readonly ErrorDetail[]
  /** For the list of received calls; never sent. */
  readonly verdict: string
}

const type = (name: string): string => `type.googleapis.com/google.rpc.${name}`

export const service = 'generativelanguage.googleapis.com'

export function errorInfo(reason: string, metadata: Record<string, string> = {}): ErrorDetail {
  return {
    '@type': type('ErrorInfo'),
    reason,
    domain: 'googleapis.com',
    metadata: { ...metadata, service },
  }
}

export function localized(message: string): ErrorDetail {
  return { '@type': type('LocalizedMessage'), locale: 'en-US', message }
}

export function help(description: string, url: string): ErrorDetail {
  return { '@type': type('Help'), links: [{ description, url }] }
}

export function badRequest(
  fieldViolations: readonly { field?: string; description: string }[],
): ErrorDetail {
  return { '@type': type('BadRequest'), fieldViolations }
}

export function quotaFailure(violations: readonly object[]): ErrorDetail {
  return { '@type': type('QuotaFailure'), violations }
}

export function retryInfo(retryDelay: string): ErrorDetail {
  return { '@type': type('RetryInfo'), retryDelay }
}

export function debugInfo(detail: string): ErrorDetail {
  return { '@type': type('DebugInfo'), detail }
}

export function invalidArgument(message: string, details?: readonly ErrorDetail[]): GoogleError {
  const error = { code: 400, message, status: 'INVALID_ARGUMENT', verdict: 'invalid-argument' }
  return details ? { ...error, details } : error
}

export function notFound(message: string): GoogleError {
  return { code: 404, message, status: 'NOT_FOUND', verdict: 'not-found' }
}

export function errorBody(error: GoogleError): object {
  const { code, message, status, details } = error
  return { error: details ? { code, message, status, details } : { code, message, status } }
}
