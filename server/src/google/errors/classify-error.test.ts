import { describe, expect, test } from 'vitest'
import type { VerdictName } from '../verdicts.ts'
import { classifyError } from './classify-error.ts'
import { errorRules } from './error-rules.ts'

type Parts = {
  readonly code: number
  readonly message: string
  readonly status?: string
  readonly details?: readonly object[]
}

const type = (name: string) => ({ '@type': `type.googleapis.com/google.rpc.${name}` })
const info = (reason: string, metadata: object = {}) => ({
  ...type('ErrorInfo'),
  reason,
  domain: 'googleapis.com',
  metadata: { service: 'generativelanguage.googleapis.com', ...metadata },
})
const quota = (...violations: object[]) => ({ ...type('QuotaFailure'), violations })
const violation = (quotaId: string, quotaValue?: string) => ({
  quotaMetric: 'generativelanguage.googleapis.com/some_metric',
  quotaId,
  quotaDimensions: { location: 'global', model: 'gemini-3.8-flash' },
  ...(quotaValue === undefined ? {} : { quotaValue }),
})

const scrub = (text: string) => text.replaceAll(/AIza\w+/g, '…')
const classify = (parts: Parts, usesResource = false, asBearer = false) =>
  classifyError({
    status: parts.code,
    bodyText: JSON.stringify(asBearer ? [{ error: parts }] : { error: parts }),
    usesResource,
    asBearer,
    scrub,
  })

const invalid = 'INVALID_ARGUMENT'
const denied = 'PERMISSION_DENIED'
const perDay = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'
const perMinute = 'GenerateContentPaidTierInputTokensPerModelPerMinute-PaidTier2'
const exceeded = 'You exceeded your current quota, please check your plan and billing details.'

/** Examples of Google's errors for each rule. */
const examples: Record<string, readonly Parts[]> = {
  'bearer refused: a key that Google refuses as a Bearer credential': [
    {
      code: 400,
      message: 'Multiple authentication credentials received. Please pass only one.',
      status: invalid,
    },
    { code: 400, message: 'Invalid Auth key.', status: invalid },
    { code: 400, message: 'Missing or invalid Authorization header.', status: invalid },
    {
      code: 401,
      message: 'Request had invalid authentication credentials.',
      status: 'UNAUTHENTICATED',
      details: [info('ACCESS_TOKEN_TYPE_UNSUPPORTED')],
    },
  ],
  'credentials doubled: more than one credential': [
    {
      code: 400,
      message: 'Multiple authentication credentials received. Please pass only one.',
      status: invalid,
    },
  ],
  'key invalid: a key that is not valid, expired or deleted': [
    {
      code: 400,
      message: 'API key not valid. Please pass a valid API key.',
      status: invalid,
      details: [info('API_KEY_INVALID')],
    },
    {
      code: 400,
      message: 'A message that changed.',
      status: invalid,
      details: [type('LocalizedMessage'), info('API_KEY_INVALID')],
    },
    { code: 400, message: 'API key expired. Please renew the API key.', status: invalid },
    { code: 400, message: 'API Key not found. Please pass a valid API key.', status: invalid },
  ],
  'key leaked: a key reported as leaked': [
    {
      code: 403,
      message: 'Your API key was reported as leaked. Please use another API key.',
      status: denied,
    },
  ],
  'project suspended: a project that is suspended, denied or gone': [
    {
      code: 403,
      message: "Permission denied: Consumer 'api_key:AIzaSecret' has been suspended.",
      status: denied,
      details: [info('CONSUMER_SUSPENDED', { consumer: 'projects/123' })],
    },
    {
      code: 403,
      message: "Permission denied: Consumer 'api_key:AIzaSecret' has been suspended.",
      status: denied,
    },
    {
      code: 403,
      message: 'Your project has been denied access. Please contact support.',
      status: denied,
    },
    { code: 403, message: 'x', status: denied, details: [info('CONSUMER_INVALID')] },
  ],
  'service disabled: a project in which the API is not enabled': [
    {
      code: 403,
      message: 'x',
      status: denied,
      details: [type('Help'), info('SERVICE_DISABLED', { consumer: 'projects/123' })],
    },
    {
      code: 403,
      message:
        'Generative Language API has not been used in project 123 before or it is disabled. Enable it by visiting …',
      status: denied,
    },
  ],
  'key blocked: a key with a restriction': [
    ...[
      'API_KEY_SERVICE_BLOCKED',
      'API_KEY_HTTP_REFERRER_BLOCKED',
      'API_KEY_IP_ADDRESS_BLOCKED',
      'API_KEY_ANDROID_APP_BLOCKED',
      'API_TARGET_BLOCKED',
    ].map((reason) => ({ code: 403, message: 'x', status: denied, details: [info(reason)] })),
    {
      code: 403,
      message:
        'Requests to this API generativelanguage.googleapis.com method google.ai.generativelanguage.v1beta.GenerativeService.GenerateContent are blocked.',
      status: denied,
    },
    { code: 403, message: 'Requests from referer <empty> are blocked.', status: denied },
    {
      code: 403,
      message: 'The provided API key has an IP address restriction.',
      status: denied,
    },
  ],
  'request refused: a method that accepts no keys': [
    {
      code: 401,
      message:
        'API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials that assert a principal.',
      status: 'UNAUTHENTICATED',
      details: [info('CREDENTIALS_MISSING')],
    },
    {
      code: 403,
      message: 'Request had insufficient authentication scopes.',
      status: denied,
      details: [info('ACCESS_TOKEN_SCOPE_INSUFFICIENT')],
    },
  ],
  'key unauthenticated: a kind of credential that Google refuses': [
    {
      code: 401,
      message: 'Request had invalid authentication credentials.',
      status: 'UNAUTHENTICATED',
      details: [info('ACCESS_TOKEN_TYPE_UNSUPPORTED')],
    },
    { code: 401, message: 'Anything.' },
  ],
  'project needs billing: a project without a free tier': [
    {
      code: 400,
      message:
        'Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio.',
      status: 'FAILED_PRECONDITION',
    },
  ],
  'location refused: a location that Google does not serve': [
    {
      code: 400,
      message: 'User location is not supported for the API use.',
      status: 'FAILED_PRECONDITION',
      details: [type('DebugInfo')],
    },
  ],
  'project unfunded: credit that is used up or a spending cap that is reached': [
    {
      code: 429,
      message:
        'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.',
      status: 'RESOURCE_EXHAUSTED',
    },
    { code: 429, message: 'Your project has exceeded its monthly spending cap. See …' },
    { code: 429, message: 'Your billing account has exceeded its monthly spending cap …' },
    { code: 402, message: 'payment_required' },
    { code: 403, message: 'x', status: denied, details: [info('BILLING_DISABLED')] },
  ],
  'quota zero: a quota of 0': [
    {
      code: 429,
      message: `${exceeded} \n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-4-argon\nPlease retry in 31.6s.`,
    },
    { code: 429, message: exceeded, details: [quota(violation(perDay, '0'))] },
    {
      code: 429,
      message: exceeded,
      details: [quota(violation(perDay, '20'), violation('x', '0'))],
    },
  ],
  'quota spent: an exhausted quota per minute or per day': [
    { code: 429, message: exceeded, details: [quota(violation(perDay, '20'))] },
    { code: 429, message: exceeded, details: [quota(violation(perMinute, '3000000'))] },
    { code: 429, message: exceeded, details: [quota(violation(perDay))] },
  ],
  'quota unknown: a 429 that names no known quota': [
    {
      code: 429,
      message: 'Resource has been exhausted (e.g. check quota).',
      status: 'RESOURCE_EXHAUSTED',
    },
    { code: 429, message: exceeded, details: [quota(violation('SomethingNew', '7'))] },
  ],
  'model closed: a model closed to new users': [
    {
      code: 404,
      message:
        'This model models/gemini-2.5-flash is no longer available to new users. Please update your code to use a newer model…',
      status: 'NOT_FOUND',
    },
  ],
  'model not found: a model that is not found': [
    {
      code: 404,
      message:
        'models/gemini-x is not found for API version v1beta, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.',
      status: 'NOT_FOUND',
    },
    {
      code: 404,
      message:
        "Publisher Model 'projects/p/models/x' was not found or your project does not have access to it.",
      status: 'NOT_FOUND',
    },
  ],
  'resource denied: a file, cache, batch, store or operation of another project': [
    {
      code: 403,
      message: 'You do not have permission to access the File abc or it may not exist.',
      status: denied,
    },
    { code: 403, message: 'CachedContent not found (or permission denied)', status: denied },
    { code: 404, message: 'files/abc could not be found', status: 'NOT_FOUND' },
  ],
  'model overloaded: an overloaded model': [
    {
      code: 503,
      message:
        'This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.',
      status: 'UNAVAILABLE',
    },
    { code: 503, message: 'The model is overloaded. Please try again later.' },
  ],
  'timed out: a timeout at Google': [
    {
      code: 504,
      message: 'Deadline expired before operation could complete.',
      status: 'DEADLINE_EXCEEDED',
    },
    { code: 408, message: 'Request timeout' },
  ],
  'upstream failed: a server error of Google': [
    { code: 500, message: 'Internal error encountered.', status: 'INTERNAL' },
    { code: 502, message: 'Bad gateway' },
    { code: 499, message: 'The operation was cancelled.', status: 'CANCELLED' },
  ],
  'refusal unknown: a 403 that no other rule matches': [
    { code: 403, message: 'The caller does not have permission', status: denied },
    {
      code: 403,
      message:
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
      status: denied,
    },
  ],
  'request refused: any other error': [
    {
      code: 400,
      message: 'The input token count exceeds the maximum number of tokens allowed (1048576).',
      status: invalid,
    },
    {
      code: 400,
      message: 'Function call is missing a thought_signature in functionCall parts.',
      status: invalid,
    },
    {
      code: 400,
      message:
        'Invalid JSON payload received. Unknown name "additionalProperties" at \'tools[0]\': Cannot find field.',
      status: invalid,
      details: [type('BadRequest')],
    },
    { code: 404, message: 'Requested entity was not found.', status: 'NOT_FOUND' },
    { code: 413, message: 'Request Entity Too Large' },
    { code: 418, message: 'x' },
  ],
}

describe.each(errorRules.map(({ verdict, note }) => [nameOf({ verdict, note }), verdict] as const))(
  '%s',
  (name, verdict) => {
    test('has examples', () => {
      expect(examples[name]).toBeDefined()
    })

    test.each(
      (examples[name] ?? []).map((parts) => [`${parts.code} ${parts.message}`, parts] as const),
    )('%s', (_name, parts) => {
      expect(classify(parts, false, verdict === 'bearer-refused').verdict).toBe(verdict)
    })
  },
)

function nameOf({ verdict, note }: { verdict: VerdictName; note: string }) {
  return `${verdict.replaceAll('-', ' ')}: ${note}`
}

test('an invalid key is also recognized when it was sent as a Bearer credential', () => {
  const name = 'key invalid: a key that is not valid, expired or deleted'
  for (const parts of examples[name] ?? []) {
    expect(classify(parts, false, true).verdict).toBe('key-invalid')
  }
})

describe('a request that names a resource', () => {
  test('is refused because of the resource when the error names no other reason', () => {
    const generic = { code: 403, message: 'The caller does not have permission', status: denied }
    expect(classify(generic, true).verdict).toBe('resource-denied')
    const missing = { code: 404, message: 'Requested entity was not found.' }
    expect(classify(missing, true).verdict).toBe('resource-denied')
  })

  test.each([
    ['key-leaked', 'key leaked: a key reported as leaked'],
    ['project-suspended', 'project suspended: a project that is suspended, denied or gone'],
    ['model-not-found', 'model not found: a model that is not found'],
  ])('can still get the verdict %s', (verdict, name) => {
    for (const parts of examples[name] ?? []) expect(classify(parts, true).verdict).toBe(verdict)
  })
})

test.each([
  'API key not valid. Please pass a valid API key.',
  'API key expired.',
  'Multiple authentication credentials received.',
  'User location is not supported for the API use.',
  'Gemini API free tier is not available in your country.',
])('client input quoted by Google, such as %j, does not affect a key', (quoted) => {
  const message = `Invalid JSON payload received. Unknown name "${quoted}": Cannot find field.`
  expect(classify({ code: 400, message, status: invalid }).verdict).toBe('request-refused')
  const model = `models/${quoted} is not found for API version v1beta, or is not supported for generateContent.`
  expect(classify({ code: 404, message: model, status: 'NOT_FOUND' }).verdict).toBe(
    'model-not-found',
  )
})

test('an error with a reason is not classified by its message', () => {
  const message = 'API key not valid. is the name of a field'
  expect(classify({ code: 400, message, details: [info('SOMETHING_ELSE')] }).verdict).toBe(
    'request-refused',
  )
})

describe('the outcome', () => {
  test('has the quota, its limit and the delay', () => {
    const message = `${exceeded}\nPlease retry in 51.386192716s.`
    const retry = { ...type('RetryInfo'), retryDelay: '14s' }
    expect(
      classify({ code: 429, message, details: [retry, quota(violation(perMinute, '3000000'))] }),
    ).toEqual({
      verdict: 'quota-spent',
      status: 429,
      message,
      violations: [
        {
          quotaId: perMinute,
          unit: 'input-tokens',
          window: 'minute',
          limit: 3_000_000,
          tier: 'paid',
        },
      ],
      retryAfterMs: 51_387,
    })
  })

  test('has the project and no key', () => {
    const [suspended] =
      examples['project suspended: a project that is suspended, denied or gone'] ?? []
    const outcome = classify(suspended ?? { code: 0, message: '' })
    expect(outcome).toMatchObject({ consumer: 'projects/123', reason: 'CONSUMER_SUSPENDED' })
    expect(outcome.message).toContain("'api_key:…'")
    expect(JSON.stringify(outcome)).not.toContain('AIzaSecret')
  })

  test('has Google’s message cut to 1000 characters', () => {
    expect(classify({ code: 400, message: 'x'.repeat(5000) }).message).toHaveLength(1000)
  })
})
