import { readGoogleError, type GoogleError } from '../../google/errors/google-error.ts'
import { BodyError } from '../../http/request-body.ts'
import type { Outcome } from '../../google/outcome.ts'
import type { GoogleErrorBody } from '../../google/answers/gemini-answer.ts'
import { sentenceFor, type TokenProblem } from '../../auth/clients/token-problem.ts'
import { ClientError } from '../translate/client-error.ts'

/** An error in OpenAI's shape, with the status and headers it is sent with. */
export type OpenAiError = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string | null
  }
}

type ErrorParts = {
  readonly message: string
  readonly type: string
  readonly param?: string | null
  readonly code?: string | null
  readonly retryAfterMs?: number | undefined
}

export function openAiError(status: number, parts: ErrorParts): OpenAiError {
  const { message, type, param = null, code = null, retryAfterMs } = parts
  const seconds =
    retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000))
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
    },
    error: { message, type, param, code },
  }
}

/** Google's answer of an error, or one of ours in Google's shape, whatever form its body has. */
export function fromGoogleAnswer(status: number, bodyText: string): OpenAiError {
  const google = readGoogleError(status, bodyText)
  const message =
    google.message || `Google answered with status ${google.status} and no explanation.`
  return openAiError(google.status, {
    message,
    ...kindOf(google),
    retryAfterMs: google.retryAfterMs,
  })
}

/** Google gave nothing that could be shown: who failed, and whether another try is worth it. */
export function fromFailure({ verdict }: Outcome): OpenAiError {
  const type = 'server_error'
  switch (verdict) {
    case 'timed-out':
      return openAiError(504, { message: 'Google did not answer in time.', type, code: 'timeout' })
    case 'proxy-failed':
    case 'network-failed':
      return openAiError(502, { message: 'The connection to Google failed.', type })
    default:
      return openAiError(503, {
        message: `No key could serve this request. The last one met: ${verdict}.`,
        type,
        code: 'service_unavailable',
      })
  }
}

/** An error that Google sent inside a stream, where the status of the answer is long gone. */
export const googleErrorAnswer = (error: GoogleErrorBody): OpenAiError =>
  fromGoogleAnswer(500, JSON.stringify({ error }))

/** The answer ended before its end. */
export const brokenAnswer = (
  message = 'The connection to Google broke before the answer was complete.',
): OpenAiError => openAiError(502, { message, type: 'server_error', code: 'stream_cut' })

/** What is wrong with a request; undefined for what is not the client's doing. */
export function fromInvalidRequest(error: unknown): OpenAiError | undefined {
  const type = 'invalid_request_error'
  if (error instanceof ClientError) {
    const { message, param, code } = error
    return openAiError(400, { message, type, param, code })
  }
  if (error instanceof BodyError) {
    return openAiError(error.status, { message: error.message, type })
  }
  return undefined
}

export const unknownCaller = (): OpenAiError =>
  openAiError(401, {
    message:
      'This gateway does not know the credential of the request. Send a token of ALLOWED_TOKENS as Authorization: Bearer.',
    type: 'invalid_request_error',
    code: 'invalid_api_key',
  })

export const refusedCaller = (problem: TokenProblem): OpenAiError =>
  openAiError(problem === 'dialect' ? 403 : 401, {
    message: sentenceFor(problem),
    type: 'invalid_request_error',
    code: problem === 'dialect' ? 'permission_denied' : 'invalid_api_key',
  })

export const ourFailure = (): OpenAiError =>
  openAiError(500, {
    message: 'The gateway failed while it served this request. Its log says why.',
    type: 'server_error',
  })

export const notServed = (method: string, path: string): OpenAiError =>
  openAiError(404, {
    message: `This gateway does not serve ${method} ${path}.`,
    type: 'invalid_request_error',
    code: 'unknown_url',
  })

export const unsupportedModel = (model: string): OpenAiError =>
  openAiError(400, {
    message: `Model ${model} is not supported`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_supported',
  })

type Kind = { readonly type: string; readonly code?: string }

function kindOf(google: GoogleError): Kind {
  const { status, message } = google
  switch (status) {
    case 401:
      return { type: 'authentication_error', code: 'invalid_api_key' }
    case 402:
      return { type: 'insufficient_quota', code: 'insufficient_quota' }
    case 403:
      return { type: 'permission_error', code: 'permission_denied' }
    case 404:
      return { type: 'invalid_request_error', code: 'model_not_found' }
    case 429:
      return quotaKind(google)
    case 504:
      return { type: 'server_error', code: 'timeout' }
    case 503:
      return { type: 'server_error', code: 'service_unavailable' }
    default:
      if (status >= 500) return { type: 'server_error' }
      return /input token count.*exceeds/i.test(message)
        ? { type: 'invalid_request_error', code: 'context_length_exceeded' }
        : { type: 'invalid_request_error' }
  }
}

/** A quota of the day is gone for today; OpenAI's word for that is another than for a full minute. */
function quotaKind({ violations, message }: GoogleError): Kind {
  const isDaily = violations.some(({ window }) => window === 'day') || /PerDay/.test(message)
  if (isDaily) return { type: 'insufficient_quota', code: 'insufficient_quota' }
  const isTokens = violations.some(({ unit }) => unit === 'input-tokens')
  return { type: isTokens ? 'tokens' : 'requests', code: 'rate_limit_exceeded' }
}
