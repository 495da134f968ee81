import type { Outcome } from '../../keys/outcome.ts'
import type { VerdictName } from '../../keys/verdicts.ts'
import { readGoogleError, type GoogleError } from './google-error.ts'

type Facts = GoogleError & { readonly usesResource: boolean }
type Rule = { readonly verdict: VerdictName; readonly when: (error: Facts) => boolean }

const says = (error: GoogleError, words: RegExp) => words.test(error.message)
const isRefusal = ({ status }: GoogleError) => status === 401 || status === 403

/**
 * What each error of Google's means, first match wins. Google's reason, status and quota names decide; its sentences only where it
 * gives nothing else.
 */
const rules: readonly Rule[] = [
  {
    verdict: 'credentials-doubled',
    when: (e) => e.status === 400 && says(e, /Multiple authentication credentials/i),
  },
  {
    verdict: 'key-invalid',
    when: (e) =>
      e.reason === 'API_KEY_INVALID' ||
      (e.status === 400 && says(e, /API key (not valid|expired|not found)/i)),
  },
  { verdict: 'key-leaked', when: (e) => isRefusal(e) && says(e, /reported as leaked/i) },
  {
    verdict: 'project-suspended',
    when: (e) =>
      e.reason === 'CONSUMER_SUSPENDED' ||
      (isRefusal(e) && says(e, /has been suspended|project has been denied access/i)),
  },
  { verdict: 'service-disabled', when: (e) => e.reason === 'SERVICE_DISABLED' },
  {
    verdict: 'key-blocked',
    when: (e) =>
      /^API_KEY_(SERVICE|HTTP_REFERRER|IP_ADDRESS|ANDROID_APP|IOS_APP)_BLOCKED$/.test(e.reason) ||
      (isRefusal(e) &&
        says(
          e,
          /Requests (to this API|from referer) .*blocked|API key has an IP address restriction/i,
        )),
  },
  {
    verdict: 'key-unauthenticated',
    when: (e) =>
      e.reason === 'ACCESS_TOKEN_TYPE_UNSUPPORTED' ||
      e.rpcStatus === 'UNAUTHENTICATED' ||
      e.status === 401,
  },
  // A file, cache or batch of another project is refused like a key; it says nothing of the key.
  {
    verdict: 'resource-denied',
    when: (e) =>
      (e.status === 403 || e.status === 404) &&
      (e.usesResource ||
        says(
          e,
          /permission to access the File|CachedContent not found|(files|cachedContents|batches|fileSearchStores|interactions|operations)\/\S+ .*not (be )?found/i,
        )),
  },
  {
    verdict: 'project-needs-billing',
    when: (e) => says(e, /free tier is not available in your country/i),
  },
  {
    verdict: 'location-refused',
    when: (e) => e.status === 400 && says(e, /User location is not supported/i),
  },
  {
    verdict: 'project-unfunded',
    when: (e) =>
      e.status === 402 ||
      (e.status === 429 && says(e, /prepayment credits are depleted|monthly spending cap/i)),
  },
  {
    verdict: 'quota-zero',
    when: (e) =>
      e.status === 429 && (e.violations.some(({ limit }) => limit === 0) || says(e, /limit: 0\b/)),
  },
  {
    verdict: 'quota-spent',
    when: (e) => e.status === 429 && e.violations.some(({ window }) => window !== 'unknown'),
  },
  { verdict: 'quota-unexplained', when: (e) => e.status === 429 },
  {
    verdict: 'model-closed',
    when: (e) => e.status === 404 && says(e, /no longer available to new users/i),
  },
  {
    verdict: 'model-not-found',
    when: (e) => e.status === 404 && says(e, /is not found for API version|model\S* .*not found/i),
  },
  { verdict: 'model-overloaded', when: (e) => e.status === 503 },
  { verdict: 'timed-out', when: (e) => e.status === 504 || e.status === 408 },
  { verdict: 'upstream-failed', when: (e) => e.status >= 500 },
  // Google cancels only what was cancelled; nobody here has, so it is Google's failure.
  { verdict: 'upstream-failed', when: (e) => e.status === 499 },
  { verdict: 'unexplained', when: (e) => e.status === 403 },
  { verdict: 'request-refused', when: () => true },
]

export type ErrorAnswer = {
  readonly status: number
  readonly bodyText: string
  /** Whether the request names a resource of one project. */
  readonly usesResource: boolean
  /** Takes the keys out of Google's words. */
  readonly scrub: (text: string) => string
}

const evidenceLength = 1000

/** What an error of Google's means for whom. */
export function classifyError({ status, bodyText, usesResource, scrub }: ErrorAnswer): Outcome {
  const error = readGoogleError(status, bodyText)
  const rule = rules.find(({ when }) => when({ ...error, usesResource }))
  const reason = error.reason === '' ? error.rpcStatus : error.reason
  return {
    verdict: rule?.verdict ?? 'request-refused',
    status: error.status,
    message: scrub(error.message).slice(0, evidenceLength),
    ...(reason === '' ? {} : { reason }),
    ...(error.consumer === undefined ? {} : { consumer: error.consumer }),
    ...(error.violations.length === 0 ? {} : { violations: error.violations }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  }
}
