import { expect, test } from 'vitest'
import { failure, noKeyFailure } from '../failures.ts'
import { renderFailure } from './errors.ts'

test('a failure is rendered as Google’s error with our code as reason', () => {
  const answer = renderFailure(failure('no_keys', 'There are no keys.'))
  expect(answer.status).toBe(503)
  expect(JSON.parse(answer.body)).toEqual({
    error: {
      code: 503,
      message: 'There are no keys.',
      status: 'UNAVAILABLE',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'NO_KEYS',
          domain: 'gemini-balance',
        },
      ],
    },
  })
})

test('exhausted quota is a 429 with Retry-After and RetryInfo', () => {
  const now = Date.UTC(2026, 10, 23, 10)
  const reason = {
    kind: 'exhausted',
    wakesAt: now + 31_200,
    quotaIds: ['PerMinute'],
  } as const
  const answer = renderFailure(noKeyFailure(reason, 'gemini-x', now))
  expect(answer.status).toBe(429)
  expect(answer.headers['retry-after']).toBe('32')
  const { error } = JSON.parse(answer.body)
  expect(error).toMatchObject({ code: 429, status: 'RESOURCE_EXHAUSTED' })
  expect(error.message).toContain('models/gemini-x')
  expect(error.message).toContain('2026-11-23T10:00:31')
  expect(error.details).toContainEqual({
    '@type': 'type.googleapis.com/google.rpc.RetryInfo',
    retryDelay: '32s',
  })
})

test('an invalid field is rendered as a field violation', () => {
  const { body } = renderFailure(failure('invalid_input', 'Too long.', { param: 'page_size' }))
  expect(JSON.parse(body).error.details).toContainEqual({
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: [{ field: 'page_size', description: 'Too long.' }],
  })
})
