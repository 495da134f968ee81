import type { AdmissionDenied } from '../../auth/clients/admission.ts'
import type { NoKeyReason } from '../../keys/types.ts'

/** An answer in Google's shape, ready to be sent. */
export type GoogleAnswer = {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

export type GoogleErrorParts = {
  readonly code: number
  /** google.rpc status. */
  readonly status: string
  readonly message: string
  readonly details?: readonly object[]
  /** Milliseconds after which another try is worth it. */
  readonly retryAfterMs?: number
}

/** An error of ours, in the shape clients of Gemini read: `{error: {code, message, status, details}}`. */
export function googleError(parts: GoogleErrorParts): GoogleAnswer {
  const { code, status, message, details = [], retryAfterMs } = parts
  const seconds =
    retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000))
  const retryInfo = {
    '@type': 'type.googleapis.com/google.rpc.RetryInfo',
    retryDelay: `${seconds}s`,
  }
  const all = seconds === undefined ? details : [...details, retryInfo]
  const error = { code, message, status, ...(all.length === 0 ? {} : { details: all }) }
  return {
    status: code,
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
    },
    body: JSON.stringify({ error }, undefined, 2),
  }
}

/** Google's own shape for a field that cannot be used. */
export function badField(field: string, description: string): GoogleAnswer {
  return googleError({
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: `${field}: ${description}`,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field, description }],
      },
    ],
  })
}

const unavailable = (message: string, retryAfterMs?: number) =>
  googleError({
    code: 503,
    status: 'UNAVAILABLE',
    message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })

/** Why no key can be had, told to a client: what is missing, and when it may be back. */
export function refusalAnswer(
  refusal: NoKeyReason | AdmissionDenied,
  model: string,
  now: number,
): GoogleAnswer {
  const subject = model === '' ? 'this call' : `models/${model}`
  switch (refusal.kind) {
    case 'no-keys':
      return unavailable('This gateway has no keys yet. Its operator adds them as API_KEYS.')
    case 'none-alive':
      return unavailable('No key of this gateway is alive. Its operator can see why.')
    case 'none-allowed':
      return unavailable(`No key of this gateway may be used for ${subject}.`)
    case 'all-tried':
      return unavailable(
        `Every key of this gateway has been tried for ${subject}, and none could serve it.`,
      )
    case 'model-unavailable':
      return googleError({
        code: 404,
        status: 'NOT_FOUND',
        message: `${subject} is not available to any project of this gateway.`,
      })
    case 'overloaded':
      return unavailable(`Google has no capacity for ${subject} now.`, refusal.wakesAt - now)
    case 'egress-down':
      return unavailable('This gateway cannot reach Google now.', refusal.wakesAt - now)
    case 'exhausted':
      return exhausted(refusal, subject, now)
    case 'token-spent':
      return tokenSpent(refusal, now)
    case 'token-forbids':
      return googleError({
        code: 403,
        status: 'PERMISSION_DENIED',
        message: `This token may not be used for ${subject}. The operator of this gateway says for which models it may.`,
      })
  }
}

function tokenSpent(
  { limit, most, wakesAt }: Extract<AdmissionDenied, { kind: 'token-spent' }>,
  now: number,
): GoogleAnswer {
  return googleError({
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: `This token has reached its limit of ${most} ${limit}, which the operator of this gateway set: it is no limit of Google's.`,
    ...(wakesAt === undefined ? {} : { retryAfterMs: wakesAt - now }),
  })
}

function exhausted(
  { wakesAt, quotaIds }: Extract<NoKeyReason, { kind: 'exhausted' }>,
  subject: string,
  now: number,
): GoogleAnswer {
  const until = Number.isFinite(wakesAt) ? new Date(wakesAt).toISOString() : undefined
  const back = until === undefined ? '' : ` The first of them is back at ${until}.`
  const which = quotaIds.length === 0 ? '' : ` Spent: ${quotaIds.join(', ')}.`
  return googleError({
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: `Every key of this gateway has spent its quota for ${subject}.${back}${which}`,
    ...(until === undefined ? {} : { retryAfterMs: wakesAt - now }),
  })
}
