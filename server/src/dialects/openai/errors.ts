import type { HttpAnswer } from '../../http/client-connection.ts'
import type { Failure } from '../failures.ts'

export type OpenAiError = {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

/** A failure in OpenAI's shape: `{error: {message, type, param, code}}`. */
export function renderFailure(failure: Failure): HttpAnswer {
  const { status, retryAfterMs } = failure
  const seconds =
    retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000))
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
      ...(failure.allow === undefined ? {} : { allow: failure.allow }),
    },
    body: JSON.stringify({ error: openAiError(failure) }),
    reason: failure,
  }
}

/** The error object, also used within streams. */
export function openAiError(failure: Failure): OpenAiError {
  const { message, param = null } = failure
  const { type, code = null } = kindOf(failure)
  return { message, type, param, code }
}

type Kind = { readonly type: string; readonly code?: string | undefined }

const invalid = 'invalid_request_error'
const server = 'server_error'

/** OpenAI's type and code for a failure, by our code or else by status. */
function kindOf(failure: Failure): Kind {
  switch (failure.code) {
    case 'unknown_token':
    case 'token_disabled':
    case 'token_expired':
      return { type: invalid, code: 'invalid_api_key' }
    case 'dialect_not_allowed':
      return { type: invalid, code: 'permission_denied' }
    case 'not_found':
      return { type: invalid, code: 'unknown_url' }
    case 'method_not_allowed':
      return { type: invalid, code: 'method_not_supported' }
    case 'model_not_supported':
      return { type: invalid, code: 'model_not_supported' }
    case 'invalid_body':
    case 'body_too_large':
    case 'unsupported_encoding':
    case 'invalid_input':
      return { type: invalid, code: failure.problem }
    case 'stream_cut':
      return { type: server, code: 'stream_cut' }
    default:
      return kindOfStatus(failure)
  }
}

function kindOfStatus({ status, message, quotaIds = [] }: Failure): Kind {
  switch (status) {
    case 401:
      return { type: 'authentication_error', code: 'invalid_api_key' }
    case 402:
      return { type: 'insufficient_quota', code: 'insufficient_quota' }
    case 403:
      return { type: 'permission_error', code: 'permission_denied' }
    case 404:
      return { type: invalid, code: 'model_not_found' }
    case 429:
      return quotaKind(message, quotaIds)
    case 503:
      return { type: server, code: 'service_unavailable' }
    case 504:
      return { type: server, code: 'timeout' }
    default:
      if (status >= 500) return { type: server }
      return isTooLong(message.toLowerCase())
        ? { type: invalid, code: 'context_length_exceeded' }
        : { type: invalid }
  }
}

function isTooLong(message: string): boolean {
  const count = message.indexOf('input token count')
  return count !== -1 && message.includes('exceeds', count)
}

/** OpenAI distinguishes an exhausted daily quota from a rate limit. */
function quotaKind(message: string, quotaIds: readonly string[]): Kind {
  const isDaily = quotaIds.some((id) => /per_?day/i.test(id)) || message.includes('PerDay')
  if (isDaily) return { type: 'insufficient_quota', code: 'insufficient_quota' }
  const isTokens = quotaIds.some((id) => /input_?token/i.test(id))
  return { type: isTokens ? 'tokens' : 'requests', code: 'rate_limit_exceeded' }
}
