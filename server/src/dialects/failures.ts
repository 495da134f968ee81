import { AdmissionError, type AdmissionDenied } from '../auth/clients/admission.ts'
import type { TokenProblem } from '../auth/clients/token-problem.ts'
import type { Receiver } from '../gateway/receiver.ts'
import { readGoogleError } from '../google/errors/google-error.ts'
import type { Outcome } from '../google/outcome.ts'
import { BodyError } from '../http/request-body.ts'
import { ClientError } from './client-error.ts'

/** Why a client gets no answer, in no dialect's shape yet. */
export type Failure = {
  readonly code: FailureCode
  readonly status: number
  readonly message: string
  /** Milliseconds after which another try is worth it. */
  readonly retryAfterMs?: number | undefined
  /** The field of the request that is at fault. */
  readonly param?: string | undefined
  /** What is wrong with the field, as OpenAI names it: `invalid_value`. */
  readonly problem?: string | undefined
  /** Google's quotas that are used up. */
  readonly quotaIds?: readonly string[] | undefined
}

export type FailureCode = keyof typeof statuses

/** Every code with its status; Google's own errors bring theirs. */
const statuses = {
  unknown_token: 401,
  token_disabled: 401,
  token_expired: 401,
  dialect_not_allowed: 403,
  model_not_allowed: 403,
  token_limit_reached: 429,
  invalid_body: 400,
  invalid_request: 400,
  model_not_supported: 400,
  model_not_found: 404,
  not_served: 404,
  no_keys: 503,
  no_key_alive: 503,
  no_key_allowed: 503,
  all_keys_tried: 503,
  no_key_succeeded: 503,
  model_unavailable: 404,
  quota_exhausted: 429,
  model_overloaded: 503,
  models_unavailable: 503,
  upstream_unreachable: 503,
  connection_failed: 502,
  upstream_timeout: 504,
  upstream_incomplete: 502,
  stream_cut: 502,
  google_error: 500,
  internal_error: 500,
} as const

type Details = Partial<Omit<Failure, 'code' | 'message'>>

export const failure = (
  code: FailureCode,
  message: string,
  details: Details = noDetails,
): Failure => ({
  code,
  status: details.status ?? statuses[code],
  message,
  retryAfterMs: details.retryAfterMs,
  param: details.param,
  problem: details.problem,
  quotaIds: details.quotaIds,
})

const noDetails: Details = {}

/** A failure that is known where it is thrown. */
export class FailureError extends Error {
  readonly failure: Failure

  constructor(known: Failure, options?: { cause?: unknown }) {
    super(known.message, options)
    this.name = 'FailureError'
    this.failure = known
  }
}

export const unknownToken = failure(
  'unknown_token',
  'This gateway does not know the token. Send one of its tokens as x-goog-api-key, ?key= or Authorization: Bearer.',
)

export const notServed = (method: string, path: string): Failure =>
  failure('not_served', `This gateway does not serve ${method} ${path}.`)

export const unsupportedModel = (model: string): Failure =>
  failure('model_not_supported', `Model ${model} is not supported`, { param: 'model' })

export const noModelList = failure(
  'models_unavailable',
  "Google's list of models cannot be read with any key. The log of this gateway says why.",
)

/** The answer ended before its end. */
export const brokenAnswer = (
  message = 'The connection to Google broke before the answer was complete.',
): Failure => failure('stream_cut', message)

export const internalError = failure(
  'internal_error',
  'This gateway failed to serve the request. Its log says why.',
)

/** A token that is known and may not call. */
export function tokenFailure(problem: TokenProblem): Failure {
  switch (problem) {
    case 'disabled':
      return failure('token_disabled', 'This token is disabled. Ask the operator of this gateway.')
    case 'expired':
      return failure(
        'token_expired',
        'This token has expired. The operator of this gateway can extend it.',
      )
    case 'dialect':
      return failure(
        'dialect_not_allowed',
        'This token may not be used with this API. Ask the operator of this gateway.',
      )
  }
}

/** The rules of a token leave no room for the request. */
export function deniedFailure(denied: AdmissionDenied, now: number): Failure {
  if (denied.kind === 'token-forbids') {
    return failure(
      'model_not_allowed',
      `This token may not be used for models/${denied.model}. Ask the operator of this gateway.`,
    )
  }
  const { limit, most, wakesAt } = denied
  return failure(
    'token_limit_reached',
    `This token has reached its limit of ${most} ${limit}. The operator of this gateway sets it, not Google.`,
    { retryAfterMs: wakesAt === undefined ? undefined : wakesAt - now },
  )
}

export type NoKeyReason = Parameters<Receiver['refuse']>[0]

/** There is no key for the request: what is missing, and when it returns. */
export function noKeyFailure(reason: NoKeyReason, model: string, now: number): Failure {
  const subject = model === '' ? 'this call' : `models/${model}`
  switch (reason.kind) {
    case 'no-keys':
      return failure('no_keys', 'This gateway has no keys yet. Its operator adds them as API_KEYS.')
    case 'none-alive':
      return failure('no_key_alive', 'No key of this gateway is alive. Its operator can see why.')
    case 'none-allowed':
      return failure('no_key_allowed', `No key of this gateway may be used for ${subject}.`)
    case 'all-tried':
      return failure(
        'all_keys_tried',
        `All keys were tried for ${subject}, and none could serve it.`,
      )
    case 'model-unavailable':
      return failure(
        'model_unavailable',
        `${subject} is not available to any project of this gateway.`,
      )
    case 'overloaded':
      return failure('model_overloaded', `Google has no capacity for ${subject} now. Try again.`, {
        retryAfterMs: reason.wakesAt - now,
      })
    case 'egress-down':
      return failure('upstream_unreachable', 'This gateway cannot reach Google now. Try again.', {
        retryAfterMs: reason.wakesAt - now,
      })
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
  const which = quotaIds.length === 0 ? '' : ` Used up: ${quotaIds.join(', ')}.`
  return failure('quota_exhausted', `All keys are out of quota for ${subject}.${back}${which}`, {
    retryAfterMs: returns ? wakesAt - now : undefined,
    quotaIds,
  })
}

/** Google gave no answer that a client may see. */
export function outcomeFailure({ verdict }: Outcome): Failure {
  switch (verdict) {
    case 'timed-out':
      return failure('upstream_timeout', 'Google did not answer in time.')
    case 'proxy-failed':
    case 'network-failed':
      return failure('connection_failed', 'The connection to Google failed.')
    default:
      return failure(
        'no_key_succeeded',
        `No key could serve this request. The last one met: ${verdict}.`,
      )
  }
}

/** An error as Google answered it, in any form; its text has passed the scrubber. */
export function googleFailure(status: number, bodyText: string): Failure {
  const error = readGoogleError(status, bodyText)
  const message = error.message || `Google answered with status ${error.status} and no explanation.`
  return failure('google_error', message, {
    status: error.status,
    retryAfterMs: error.retryAfterMs,
    quotaIds: error.violations.map(({ quotaId }) => quotaId),
  })
}

/** What a thrown error means for the client; undefined where the fault is ours. */
export function thrownFailure(error: unknown, now: number): Failure | undefined {
  if (error instanceof FailureError) return error.failure
  if (error instanceof AdmissionError) return deniedFailure(error.denied, now)
  if (error instanceof BodyError) {
    return failure('invalid_body', error.message, { status: error.status })
  }
  if (error instanceof ClientError) {
    const { message, param, problem } = error
    return failure('invalid_request', message, { param, problem })
  }
  return undefined
}
