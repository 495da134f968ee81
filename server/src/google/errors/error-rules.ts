import type { VerdictName } from '../verdicts.ts'
import type { GoogleError } from './google-error.ts'

export type ErrorFacts = GoogleError & {
  readonly usesResource: boolean
  readonly asBearer: boolean
}

export type ErrorRule = {
  readonly verdict: VerdictName
  /** What the rule is about; its test has this name. */
  readonly note: string
  readonly when: (error: ErrorFacts) => boolean
}

/**
 * Google repeats what a client wrote (field names, function names, models) inside its sentences, so a sentence counts only
 * from its beginning: a client must not be able to write one that hurts a key.
 */
const begins = ({ message }: GoogleError, words: RegExp) => message.search(words) === 0
const isRefusal = ({ status }: GoogleError) => status === 401 || status === 403

/**
 * What each error of Google's means, first match wins. Google's reason, status and quota names decide; its sentences only where it
 * gives nothing else.
 */
export const errorRules: readonly ErrorRule[] = [
  // There the kind of a key is refused in several ways, and none of them says that the key is not good.
  {
    verdict: 'bearer-refused',
    note: 'a key that may not travel as a Bearer credential',
    when: (e) =>
      e.asBearer &&
      e.reason !== 'API_KEY_INVALID' &&
      (e.status === 401 ||
        (e.status === 400 &&
          begins(
            e,
            /Multiple authentication credentials|Invalid Auth key|Missing or invalid Authorization/i,
          ))),
  },
  {
    verdict: 'credentials-doubled',
    note: 'more than one credential',
    when: (e) => e.status === 400 && begins(e, /Multiple authentication credentials received/),
  },
  {
    verdict: 'key-invalid',
    note: 'a key that is not valid, expired or deleted',
    when: (e) =>
      e.reason === 'API_KEY_INVALID' ||
      (e.status === 400 && e.reason === '' && begins(e, /API key (not valid|expired|not found)/i)),
  },
  {
    verdict: 'key-leaked',
    note: 'a key reported as leaked',
    when: (e) => isRefusal(e) && begins(e, /Your API key was reported as leaked/i),
  },
  {
    verdict: 'project-suspended',
    note: 'a project that is suspended, denied or gone',
    when: (e) =>
      /^(CONSUMER_SUSPENDED|CONSUMER_INVALID|USER_PROJECT_DENIED)$/.test(e.reason) ||
      (isRefusal(e) &&
        begins(
          e,
          /Permission denied: Consumer '[^']*' has been suspended|Your project has been denied access/i,
        )),
  },
  {
    verdict: 'service-disabled',
    note: 'the API is not enabled in the project',
    when: (e) =>
      e.reason === 'SERVICE_DISABLED' ||
      (e.status === 403 && begins(e, /[\w. ]+ API has not been used in project \S+ before/i)),
  },
  {
    verdict: 'key-blocked',
    note: 'a restriction on the key',
    when: (e) =>
      /^API_(KEY|TARGET)(_\w+)?_BLOCKED$/.test(e.reason) ||
      (isRefusal(e) &&
        begins(
          e,
          /Requests (to this API \S+ .*|from \S+ .*)are blocked|The provided API key has an? .*restriction/i,
        )),
  },
  // Such methods want an OAuth token from every caller; the key is as good as any.
  {
    verdict: 'request-refused',
    note: 'a method that takes no keys at all',
    when: (e) =>
      isRefusal(e) &&
      (e.reason === 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' ||
        begins(
          e,
          /API keys are not supported by this API|Request had insufficient authentication scopes/i,
        )),
  },
  {
    verdict: 'key-unauthenticated',
    note: 'a credential of a kind that Google does not take',
    when: (e) =>
      e.reason === 'ACCESS_TOKEN_TYPE_UNSUPPORTED' ||
      e.rpcStatus === 'UNAUTHENTICATED' ||
      e.status === 401,
  },
  {
    verdict: 'project-needs-billing',
    note: 'no free tier for the project',
    when: (e) => begins(e, /(\w+ )*API free tier is not available in your country/i),
  },
  {
    verdict: 'location-refused',
    note: 'a place that Google does not serve',
    when: (e) => e.status === 400 && begins(e, /User location is not supported/i),
  },
  {
    verdict: 'project-unfunded',
    note: 'money that is spent',
    when: (e) =>
      e.status === 402 ||
      e.reason === 'BILLING_DISABLED' ||
      (e.status === 429 &&
        begins(
          e,
          /Your (prepayment credits are depleted|(project|billing account) has exceeded its monthly spending cap)/i,
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
    note: 'a quota per minute or per day',
    when: (e) => e.status === 429 && e.violations.some(({ window }) => window !== 'unknown'),
  },
  {
    verdict: 'quota-unknown',
    note: 'a 429 that does not say which quota',
    when: (e) => e.status === 429,
  },
  {
    verdict: 'model-closed',
    note: 'a model closed to new users',
    when: (e) =>
      e.status === 404 && begins(e, /This model \S+ is no longer available to new users/i),
  },
  {
    verdict: 'model-not-found',
    note: 'a model that is not found',
    when: (e) =>
      e.status === 404 &&
      begins(e, /(models\/.* is not found for API|Publisher Model .*not found)/i),
  },
  // A file, cache or batch of another project is refused like a key; it says nothing of the key.
  {
    verdict: 'resource-denied',
    note: 'a file, cache, batch, store or operation of another project',
    when: (e) =>
      (e.status === 403 || e.status === 404) &&
      (e.usesResource ||
        begins(
          e,
          /You do not have permission to access the \w+|CachedContent not found|(File|files|cachedContents|batches|fileSearchStores|interactions|operations)\b.* not (be )?found/i,
        )),
  },
  { verdict: 'model-overloaded', note: 'an overloaded model', when: (e) => e.status === 503 },
  {
    verdict: 'timed-out',
    note: 'a deadline that passed at Google',
    when: (e) => e.status === 504 || e.status === 408,
  },
  // Google cancels only what was cancelled; nobody here has, so it is Google's failure.
  {
    verdict: 'upstream-failed',
    note: 'a failure of Google',
    when: (e) => e.status >= 500 || e.status === 499,
  },
  {
    verdict: 'refusal-unknown',
    note: 'a 403 that nobody has described',
    when: (e) => e.status === 403,
  },
  { verdict: 'request-refused', note: 'anything else', when: () => true },
]
