import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readGoogleError } from './google-error.ts'

const type = (name: string) => ({ '@type': `type.googleapis.com/google.rpc.${name}` })
const details = [
  { ...type('Help'), links: [{ description: 'Learn more', url: 'https://ai.google.dev' }] },
  {
    ...type('QuotaFailure'),
    violations: [
      {
        quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
        quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
        quotaDimensions: { location: 'global', model: 'gemini-3.8-flash' },
        quotaValue: '20',
      },
      {
        quotaMetric:
          'generativelanguage.googleapis.com/generate_content_paid_tier_2_input_token_count',
        quotaId: 'GenerateContentPaidTierInputTokensPerModelPerMinute-PaidTier2',
        quotaValue: '3000000',
      },
    ],
  },
  { ...type('RetryInfo'), retryDelay: '31s' },
  {
    ...type('ErrorInfo'),
    reason: 'RATE_LIMIT_EXCEEDED',
    metadata: { consumer: 'projects/123' },
  },
]
const error = {
  error: {
    code: 429,
    message: 'You exceeded your current quota.\nPlease retry in 31.62908213s.',
    status: 'RESOURCE_EXHAUSTED',
    details,
  },
}
const read = {
  status: 429,
  rpcStatus: 'RESOURCE_EXHAUSTED',
  message: error.error.message,
  reason: 'RATE_LIMIT_EXCEEDED',
  consumer: 'projects/123',
  violations: [
    {
      quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
      unit: 'requests',
      window: 'day',
      limit: 20,
      tier: 'free',
    },
    {
      quotaId: 'GenerateContentPaidTierInputTokensPerModelPerMinute-PaidTier2',
      unit: 'input-tokens',
      window: 'minute',
      limit: 3_000_000,
      tier: 'paid',
    },
  ],
  retryAfterMs: 31_630,
}

describe('an error is read', () => {
  test.each([
    ['as an object', JSON.stringify(error)],
    ['as pretty-printed text', JSON.stringify(error, undefined, 2)],
    ['as the only element of an array', JSON.stringify([error])],
    ['as an event of a stream', `data: ${JSON.stringify(error)}\r\n\r\n`],
    [
      'as text inside another error',
      JSON.stringify({ error: { code: 500, message: JSON.stringify(error), status: 'x' } }),
    ],
    [
      'with its details in another order',
      JSON.stringify({ error: { ...error.error, details: details.toReversed() } }),
    ],
    [
      'with unknown details',
      JSON.stringify({ error: { ...error.error, details: ['x', null, type('New'), ...details] } }),
    ],
  ])('%s', (_name, body) => {
    expect(readGoogleError(429, body)).toEqual(read)
  })
})

test('an HTML page is read as its text', () => {
  const page =
    '<!DOCTYPE html><html><head><style>p {x: y}</style><title>Error 502 (Server Error)!!1</title></head><body><p>That’s an error.</p></body></html>'
  expect(readGoogleError(502, page)).toMatchObject({
    status: 502,
    message: 'Error 502 (Server Error)!!1 That’s an error.',
    violations: [],
  })
})

test('without QuotaFailure, metric and limit are read from the message', () => {
  const message =
    'You exceeded your current quota. \n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_input_token_count, limit: 0, model: gemini-4-argon'
  const { violations } = readGoogleError(429, JSON.stringify({ error: { code: 429, message } }))
  expect(violations).toMatchObject([{ limit: 0, unit: 'input-tokens', tier: 'free' }])
})

test('the longer of two delays is used', () => {
  expect(retryAfter('Please retry in 51.386192716s.', '14s')).toBe(51_387)
  expect(retryAfter('Please retry in 120ms.', '14s')).toBe(14_000)
  expect(retryAfter('Wait.', '0.5s')).toBe(500)
  expect(retryAfter('Wait.', 'soon')).toBeUndefined()
})

function retryAfter(message: string, retryDelay: string) {
  const details = [{ ...type('RetryInfo'), retryDelay }]
  return readGoogleError(429, JSON.stringify({ error: { message, details } })).retryAfterMs
}

test('a consumer that is a key is not kept', () => {
  const body = JSON.stringify({
    error: {
      message: 'x',
      details: [{ ...type('ErrorInfo'), metadata: { consumer: 'api_key:AIzaSecret' } }],
    },
  })
  expect(readGoogleError(403, body).consumer).toBeUndefined()
})

test('a code that is not an HTTP error status is ignored', () => {
  for (const code of [7, 200, 'rate_limit_exceeded', null]) {
    expect(readGoogleError(403, JSON.stringify({ error: { code, message: 'x' } })).status).toBe(403)
  }
})

test('reading never fails', () => {
  const cut = fc.nat(JSON.stringify(error).length).map((at) => JSON.stringify(error).slice(0, at))
  const shaped = fc
    .record({ error: fc.record({ message: fc.jsonValue(), details: fc.jsonValue() }) })
    .map((value) => JSON.stringify(value))
  const bodies = fc.oneof(fc.string(), fc.json(), cut, shaped)
  fc.assert(
    fc.property(bodies, (body) => {
      expect(readGoogleError(500, body)).toMatchObject({
        message: expect.any(String),
        violations: expect.any(Array),
      })
    }),
  )
})
