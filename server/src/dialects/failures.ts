import { errors, type ErrorCode } from '@gemini-balance/contract'
import { AdmissionError, type AdmissionDenied } from '../auth/clients/admission.ts'
import type { TokenProblem } from '../auth/clients/token-problem.ts'
import type { Receiver } from '../gateway/receiver.ts'
import { readGoogleError } from '../google/errors/google-error.ts'
import type { Outcome } from '../google/outcome.ts'
import { BodyError } from '../http/request-body.ts'
import { ClientError } from './client-error.ts'

/** Why a client gets no answer, independent of its dialect. */
export type Failure = {
  readonly code: ErrorCode
  readonly status: number
  readonly message: string
  /** Milliseconds after which a retry can succeed. */
  readonly retryAfterMs?: number | undefined
  /** The invalid field of the request. */
  readonly param?: string | undefined
  /** OpenAI's error code for the field: `invalid_value`. */
  readonly problem?: string | undefined
  /** Google's quotas that are exhausted. */
  readonly quotaIds?: readonly string[] | undefined
  /** The methods that the address takes. */
  readonly allow?: string | undefined
}

type Details = Partial<Omit<Failure, 'code' | 'message'>>

export const failure = (
  code: ErrorCode,
  message: string,
  details: Details = noDetails,
): Failure => ({
  code,
  status: details.status ?? errors[code].status,
  message,
  retryAfterMs: details.retryAfterMs,
  param: details.param,
  problem: details.problem,
  quotaIds: details.quotaIds,
  allow: details.allow,
})

const noDetails: Details = {}

/** Throws a failure to `mount`, which renders it. */
export class FailureError extends Error {
  readonly failure: Failure

  constructor(known: Failure, options?: { cause?: unknown }) {
    super(known.message, options)
    this.name = 'FailureError'
    this.failure = known
  }
}

/** In an outage the gateway tries the network once a second. */
const soon: Details = { retryAfterMs: 1000 }

export const unknownToken = failure(
  'unknown_token',
  'The token is not valid for this gateway. Send a valid one as x-goog-api-key, ?key= or Authorization: Bearer.',
)

/** The path is not repeated: it may hold credentials. */
export const notServed = (nearest: string): Failure =>
  failure('not_found', `Nothing is served at this address. Did you mean ${nearest}?`)

export const methodNotAllowed = (allow: string): Failure =>
  failure('method_not_allowed', `This address does not take this method. Use ${allow}.`, { allow })

export const unsupportedModel = (model: string): Failure =>
  failure('model_not_supported', `Model ${model.slice(0, 128)} is not supported`, {
    param: 'model',
  })

export const noModelList = failure(
  'models_unavailable',
  "This gateway cannot read Google's list of models. Ask its operator to check the log.",
  soon,
)

export const unreadableChunk = 'Google sent a chunk that is not valid JSON. Send the request again.'

export const brokenAnswer = (
  message = 'The answer is incomplete: the connection to Google broke. Send the request again.',
): Failure => failure('stream_cut', message, soon)

/** Google ended the answer before any content; `words` are Google's. */
export const emptyAnswer = (words: string): Failure =>
  failure(
    'upstream_incomplete',
    `Google ended the answer without content: ${words} Send the request again.`,
  )

/** The model has no form of answer that is JSON for sure beside tools. */
export const notJson = failure(
  'not_json',
  'The model did not answer with the JSON that the request asks for. Send it again, or use Gemini 3, which combines JSON and tools.',
)

export const internalError = failure(
  'internal_error',
  'This gateway failed to serve the request. Ask its operator to check the log.',
)

/** The token is known but may not be used. */
export function tokenFailure(problem: TokenProblem): Failure {
  switch (problem) {
    case 'disabled':
      return failure(
        'token_disabled',
        'This token is disabled. Ask the operator of this gateway to enable it.',
      )
    case 'expired':
      return failure(
        'token_expired',
        'This token has expired. Ask the operator of this gateway to extend it.',
      )
    case 'dialect':
      return failure(
        'dialect_not_allowed',
        'This token does not allow this API. Ask the operator of this gateway for access.',
      )
  }
}

/** The token's limits or its list of models exclude the request. */
export function deniedFailure(denied: AdmissionDenied, now: number): Failure {
  if (denied.kind === 'token-forbids') {
    return failure(
      'model_not_allowed',
      `This token does not allow models/${denied.model}. Ask the operator of this gateway for access.`,
    )
  }
  const { limit, most, wakesAt } = denied
  return failure(
    'token_limit_reached',
    `This token has reached its limit of ${most} ${limit}. Wait, or ask the operator of this gateway to raise it.`,
    { retryAfterMs: wakesAt === undefined ? undefined : wakesAt - now },
  )
}

export type NoKeyReason = Parameters<Receiver['refuse']>[0]

export function noKeyFailure(reason: NoKeyReason, model: string, now: number): Failure {
  const subject = model === '' ? 'this call' : `models/${model}`
  switch (reason.kind) {
    case 'no-keys':
      return failure('no_keys', 'This gateway has no keys. Ask its operator to add some.')
    case 'none-alive':
      return failure(
        'no_key_alive',
        'No key of this gateway is alive. Ask its operator to check the keys.',
      )
    case 'none-allowed':
      return failure(
        'no_key_allowed',
        `No key of this gateway is allowed for ${subject}. Ask its operator to allow one.`,
      )
    case 'all-tried':
      return failure('all_keys_tried', `All available keys failed for ${subject}. Try again later.`)
    case 'model-unavailable':
      return failure(
        'model_unavailable',
        `No project of this gateway has access to ${subject}. Use another model.`,
      )
    case 'overloaded':
      return failure(
        'model_overloaded',
        `Google has no capacity for ${subject}. Try again later.`,
        {
          retryAfterMs: reason.wakesAt - now,
        },
      )
    case 'egress-down':
      return failure('upstream_unreachable', 'This gateway cannot reach Google. Try again later.', {
        retryAfterMs: reason.wakesAt - now,
      })
    case 'location-refused':
      return failure(
        'location_refused',
        'Google does not serve the location of this gateway. Ask its operator to use a proxy elsewhere.',
        { retryAfterMs: reason.wakesAt - now },
      )
    case 'exhausted':
      return exhausted(reason, subject, now)
  }
}

function exhausted(
  { wakesAt, quotaIds }: Extract<NoKeyReason, { kind: 'exhausted' }>,
  subject: string,
  now: number,
): Failure {
  const returns = Number.isFinite(wakesAt)
  const back = returns ? ` It returns at ${new Date(wakesAt).toISOString()}.` : ''
  const which = quotaIds.length === 0 ? '' : ` Exhausted: ${quotaIds.join(', ')}.`
  return failure('quota_exhausted', `All keys are out of quota for ${subject}.${back}${which}`, {
    retryAfterMs: returns ? wakesAt - now : undefined,
    quotaIds,
  })
}

/** The last attempt has no answer that the client may see. */
export function outcomeFailure({ verdict }: Outcome): Failure {
  switch (verdict) {
    case 'timed-out':
      return failure('upstream_timeout', 'Google did not answer in time. Send the request again.')
    case 'proxy-failed':
    case 'network-failed':
      return failure(
        'connection_failed',
        'The connection to Google failed. Send the request again.',
        soon,
      )
    // The connection refused to send it.
    case 'request-refused':
      return failure(
        'invalid_input',
        'This request cannot be sent to Google. Check its path and headers for invalid characters.',
      )
    default:
      return failure(
        'no_key_succeeded',
        `No key could serve this request; the last attempt ended with ${verdict}. Try again later.`,
      )
  }
}

/** Google's own error, in any of its forms. The text must be scrubbed already. */
export function googleFailure(status: number, bodyText: string): Failure {
  const error = readGoogleError(status, bodyText)
  const message = error.message || `Google answered with status ${error.status} and no message.`
  return failure('google_error', message, {
    status: error.status,
    retryAfterMs: error.retryAfterMs,
    quotaIds: error.violations.map(({ quotaId }) => quotaId),
  })
}

/** The failure of a thrown error; undefined for a bug of the gateway. */
export function thrownFailure(error: unknown, now: number): Failure | undefined {
  if (error instanceof FailureError) return error.failure
  if (error instanceof AdmissionError) return deniedFailure(error.denied, now)
  if (error instanceof BodyError) return failure(error.code, error.message)
  if (error instanceof ClientError) {
    const { message, param, problem } = error
    return failure('invalid_input', message, { param, problem })
  }
  return undefined
}
