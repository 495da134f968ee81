import { objectOf, objectsOf, parseJson, type JsonObject } from '../../runtime/json-value.ts'
import type { QuotaViolation } from '../outcome.ts'
import { htmlText } from './html-text.ts'

/** An error body of Google in one form. Absent fields are empty. */
export type GoogleError = {
  readonly status: number
  /** google.rpc status: `INVALID_ARGUMENT`, `RESOURCE_EXHAUSTED`, … */
  readonly rpcStatus: string
  readonly message: string
  /** ErrorInfo.reason: `API_KEY_INVALID`, `SERVICE_DISABLED`, … */
  readonly reason: string
  /** `projects/123`, from ErrorInfo.metadata.consumer; never a key. */
  readonly consumer: string | undefined
  readonly violations: readonly QuotaViolation[]
  /** The longer of RetryInfo and the delay in the message. */
  readonly retryAfterMs: number | undefined
}

/** Bounds the time of regular expressions; Google's messages are far shorter. */
const maxMessageLength = 4000

/** Reads an error body: an object, a list of one, JSON within JSON, HTML, cut or empty. Never throws. */
export function readGoogleError(status: number, bodyText: string): GoogleError {
  const error = errorIn(parseJson(bodyText.replace(/^\s*data:/, '')), 0)
  if (error === undefined) {
    return {
      status,
      rpcStatus: '',
      message: htmlText(bodyText).slice(0, maxMessageLength),
      reason: '',
      consumer: undefined,
      violations: [],
      retryAfterMs: undefined,
    }
  }
  const details = objectsOf(error['details'])
  const message = text(error['message']).slice(0, maxMessageLength)
  const info = detail(details, 'ErrorInfo')
  const consumer = text(objectOf(info?.['metadata'])?.['consumer'])
  return {
    status: httpStatus(error['code']) ?? status,
    rpcStatus: text(error['status']),
    message,
    reason: text(info?.['reason']),
    consumer: /^projects\/[\w:.-]+$/.test(consumer) ? consumer : undefined,
    violations: violationsOf(details, message),
    retryAfterMs: longest(
      durationMs(text(detail(details, 'RetryInfo')?.['retryDelay'])),
      durationMs(/retry in ([\d.]+m?s)/i.exec(message)?.[1] ?? ''),
    ),
  }
}

/** The code in the body takes precedence: the answer may have status 200, or contain another error. */
function httpStatus(code: unknown): number | undefined {
  return typeof code === 'number' && code >= 400 && code < 600 ? code : undefined
}

/** Google wraps errors in a list in streams and on its OpenAI endpoint; its SDKs put one error into the message of another. */
function errorIn(value: unknown, depth: number): JsonObject | undefined {
  if (depth > 3) return undefined
  if (Array.isArray(value)) return errorIn(value[0], depth + 1)
  const error = objectOf(objectOf(value)?.['error'])
  if (error === undefined) return undefined
  const message = text(error['message'])
  const nested = message.startsWith('{') ? errorIn(parseJson(message), depth + 1) : undefined
  return nested ?? error
}

function violationsOf(details: readonly JsonObject[], message: string): QuotaViolation[] {
  const violations = details
    .filter((one) => isOf(one, 'QuotaFailure'))
    .flatMap((one) => objectsOf(one['violations']))
    .map((one) => {
      const quotaId = text(one['quotaId'])
      const limit = Number.parseInt(text(one['quotaValue']), 10)
      return violation(`${quotaId} ${text(one['quotaMetric'])}`, quotaId, limit)
    })
  if (violations.length > 0) return violations
  // Without QuotaFailure, the message may still name metric and limit.
  return [...message.matchAll(/Quota exceeded for metric: ([^\s,]+), limit: (\d+)/g)].map(
    ([, metric = '', limit = '']) => violation(metric, metric, Number.parseInt(limit, 10)),
  )
}

function violation(names: string, quotaId: string, limit: number): QuotaViolation {
  return {
    quotaId,
    unit: /token/i.test(names) ? 'input-tokens' : 'requests',
    window: /per_?day|daily/i.test(names)
      ? 'day'
      : /per_?minute/i.test(names)
        ? 'minute'
        : 'unknown',
    limit: Number.isNaN(limit) ? undefined : limit,
    tier: /free_?tier/i.test(names) ? 'free' : /paid_?tier/i.test(names) ? 'paid' : undefined,
  }
}

/** `31s`, `31.629s`, `120ms`. */
function durationMs(duration: string): number | undefined {
  const [, amount, unit] = /^([\d.]+)(ms|s)$/.exec(duration) ?? []
  if (amount === undefined) return undefined
  return Math.ceil(Number.parseFloat(amount) * (unit === 's' ? 1000 : 1))
}

function longest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b
  return b === undefined ? a : Math.max(a, b)
}

const isOf = (one: JsonObject, type: string) => text(one['@type']).endsWith(`.${type}`)
const detail = (details: readonly JsonObject[], type: string) =>
  details.find((one) => isOf(one, type))

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
