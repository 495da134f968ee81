import type { VerdictName } from '../verdicts.ts'
import type { GoogleError } from './google-error.ts'

export type ErrorFacts = GoogleError & {
  readonly usesResource: boolean
  readonly asBearer: boolean
}

export type ErrorRule = {
  readonly verdict: VerdictName
  /** Describes the errors that match; also the name of the rule's test. */
  readonly note: string
  readonly when: (error: ErrorFacts) => boolean
}

/** Each pattern begins with `^`: Google quotes client input later in a message, which must not decide about a key. */
const begins = ({ message }: GoogleError, pattern: RegExp) => pattern.test(message)
const isRefusal = ({ status }: GoogleError) => status === 401 || status === 403

/** The first matching rule gives an error its verdict. Rules use Google's messages only where reason, status and quotas are not enough. */
export const errorRules: readonly ErrorRule[] = [
  // Google's OpenAI endpoint refuses some kinds of keys that work elsewhere.
  {
    verdict: 'bearer-refused',
    note: 'a key that Google refuses as a Bearer credential',
    when: (e) =>
      e.asBearer &&
      e.reason !== 'API_KEY_INVALID' &&
      (e.status === 401 ||
        (e.status === 400 &&
          begins(
            e,
            /^(?:Multiple authentication credentials|Invalid Auth key|Missing or invalid Authorization)/i,
          ))),
  },
  {
    verdict: 'credentials-doubled',
    note: 'more than one credential',
    when: (e) => e.status === 400 && begins(e, /^Multiple authentication credentials received/),
  },
  {
    verdict: 'key-invalid',
    note: 'a key that is not valid, expired or deleted',
    when: (e) =>
      e.reason === 'API_KEY_INVALID' ||
      (e.status === 400 && e.reason === '' && begins(e, /^API key (not valid|expired|not found)/i)),
  },
  {
    verdict: 'key-leaked',
    note: 'a key reported as leaked',
    when: (e) => isRefusal(e) && begins(e, /^Your API key was reported as leaked/i),
  },
  {
    verdict: 'project-suspended',
    note: 'a project that is suspended, denied or gone',
    when: (e) =>
      /^(CONSUMER_SUSPENDED|CONSUMER_INVALID|USER_PROJECT_DENIED)$/.test(e.reason) ||
      (isRefusal(e) &&
        begins(
          e,
          /^(?:Permission denied: Consumer '[^']*' has been suspended|Your project has been denied access)/i,
        )),
  },
  {
    verdict: 'service-disabled',
    note: 'a project in which the API is not enabled',
    when: (e) =>
      e.reason === 'SERVICE_DISABLED' ||
      (e.status === 403 && begins(e, /^[\w. ]+ API has not been used in project \S+ before/i)),
  },
  {
    verdict: 'key-blocked',
    note: 'a key with a restriction',
    when: (e) =>
      /^API_(KEY|TARGET)(_\w+)?_BLOCKED$/.test(e.reason) ||
      (isRefusal(e) &&
        begins(
          e,
          /^(?:Requests (to this API \S+ .*|from \S+ .*)are blocked|The provided API key has an? .*restriction)/i,
        )),
  },
  // Such methods require an OAuth token; no key would work.
  {
    verdict: 'request-refused',
    note: 'a method that accepts no keys',
    when: (e) =>
      isRefusal(e) &&
      (e.reason === 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' ||
        begins(
          e,
          /^(?:API keys are not supported by this API|Request had insufficient authentication scopes)/i,
        )),
  },
  {
    verdict: 'key-unauthenticated',
    note: 'a kind of credential that Google refuses',
    when: (e) =>
      e.reason === 'ACCESS_TOKEN_TYPE_UNSUPPORTED' ||
      e.rpcStatus === 'UNAUTHENTICATED' ||
      e.status === 401,
  },
  {
    verdict: 'project-needs-billing',
    note: 'a project without a free tier',
    when: (e) => begins(e, /^(\w+ )*API free tier is not available in your country/i),
  },
  {
    verdict: 'location-refused',
    note: 'a location that Google does not serve',
    when: (e) => e.status === 400 && begins(e, /^User location is not supported/i),
  },
  {
    verdict: 'project-unfunded',
    note: 'credit that is used up or a spending cap that is reached',
    when: (e) =>
      e.status === 402 ||
      e.reason === 'BILLING_DISABLED' ||
      (e.status === 429 &&
        begins(
          e,
          /^Your (prepayment credits are depleted|(project|billing account) has exceeded its monthly spending cap)/i,
        )),
  },
  {
    verdict: 'quota-zero',
    note: 'a quota of 0',
    when: (e) =>
      e.status === 429 &&
      (e.violations.some(({ limit }) => limit === 0) || /limit: 0(?![\d.])/.test(e.message)),
  },
  {
    verdict: 'quota-spent',
    note: 'an exhausted quota per minute or per day',
    when: (e) => e.status === 429 && e.violations.some(({ window }) => window !== 'unknown'),
  },
  {
    verdict: 'quota-unknown',
    note: 'a 429 that names no known quota',
    when: (e) => e.status === 429,
  },
  {
    verdict: 'model-closed',
    note: 'a model closed to new users',
    when: (e) =>
      e.status === 404 && begins(e, /^This model \S+ is no longer available to new users/i),
  },
  {
    verdict: 'model-not-found',
    note: 'a model that is not found',
    when: (e) =>
      e.status === 404 &&
      begins(e, /^(models\/.* is not found for API|Publisher Model .*not found)/i),
  },
  // Google refuses resources of other projects with 403, like keys.
  {
    verdict: 'resource-denied',
    note: 'a file, cache, batch, store or operation of another project',
    when: (e) =>
      (e.status === 403 || e.status === 404) &&
      (e.usesResource ||
        begins(
          e,
          /^(?:You do not have permission to access the \w+|CachedContent not found|(File|files|cachedContents|batches|fileSearchStores|interactions|operations)\b.* not (be )?found)/i,
        )),
  },
  { verdict: 'model-overloaded', note: 'an overloaded model', when: (e) => e.status === 503 },
  {
    verdict: 'timed-out',
    note: 'a timeout at Google',
    when: (e) => e.status === 504 || e.status === 408,
  },
  // 499 means cancelled, and the gateway did not cancel the request.
  {
    verdict: 'upstream-failed',
    note: 'a server error of Google',
    when: (e) => e.status >= 500 || e.status === 499,
  },
  {
    verdict: 'refusal-unknown',
    note: 'a 403 that no other rule matches',
    when: (e) => e.status === 403,
  },
  { verdict: 'request-refused', note: 'any other error', when: () => true },
]
