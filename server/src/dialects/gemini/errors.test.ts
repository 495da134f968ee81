import { expect, test } from 'vitest'
import { refusalAnswer } from './errors.ts'

test('spent quota is a 429 that names the model and the soonest recovery, in a header and as RetryInfo', () => {
  const now = Date.UTC(2026, 10, 23, 10)
  const answer = refusalAnswer(
    { kind: 'exhausted', wakesAt: now + 31_200, quotaIds: ['PerMinute'] },
    'gemini-x',
    now,
  )
  expect(answer.status).toBe(429)
  expect(answer.headers['retry-after']).toBe('32')
  const { error } = JSON.parse(answer.body)
  expect(error).toMatchObject({ code: 429, status: 'RESOURCE_EXHAUSTED' })
  expect(error.message).toContain('models/gemini-x')
  expect(error.message).toContain('2026-11-23T10:00:31')
  expect(error.details).toEqual([
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '32s' },
  ])
})

test.each(['no-keys', 'none-alive', 'all-tried', 'none-allowed'] as const)(
  '%s is a 503',
  (kind) => {
    expect(refusalAnswer({ kind }, 'gemini-x', 0).status).toBe(503)
  },
)

test('a model that no project has is a 404', () => {
  expect(refusalAnswer({ kind: 'model-unavailable' }, 'gemini-x', 0).status).toBe(404)
})
