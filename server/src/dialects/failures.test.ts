import { expect, test } from 'vitest'
import { AdmissionError } from '../auth/clients/admission.ts'
import { BodyError } from '../http/request-body.ts'
import { ClientError } from './client-error.ts'
import { googleFailure, noKeyFailure, outcomeFailure, thrownFailure } from './failures.ts'

test.each(['no-keys', 'none-alive', 'all-tried', 'none-allowed'] as const)(
  'without a key (%s) the gateway is unavailable',
  (kind) => {
    expect(noKeyFailure({ kind }, 'gemini-x', 0).status).toBe(503)
  },
)

test('a refused location is named as long as the egress is closed for it', () => {
  const reason = { kind: 'location-refused', wakesAt: 2000 } as const
  expect(noKeyFailure(reason, 'gemini-x', 500)).toMatchObject({
    code: 'location_refused',
    status: 503,
    message: expect.stringContaining('location'),
    retryAfterMs: 1500,
  })
})

test('a model that no project has access to is a 404', () => {
  expect(noKeyFailure({ kind: 'model-unavailable' }, 'gemini-x', 0).status).toBe(404)
})

test('an attempt without an answer has a code for each cause', () => {
  const of = (verdict: 'timed-out' | 'network-failed' | 'key-leaked') =>
    outcomeFailure({ verdict, status: 0 })
  expect(of('timed-out')).toMatchObject({ code: 'upstream_timeout', status: 504 })
  expect(of('network-failed')).toMatchObject({ code: 'connection_failed', status: 503 })
  expect(of('key-leaked')).toMatchObject({ code: 'no_key_succeeded', status: 503 })
})

test('a token at its limit is a 429 with the time of its next request', () => {
  const denied = {
    kind: 'token-spent',
    limit: 'requests per minute',
    most: 2,
    wakesAt: 900,
  } as const
  expect(thrownFailure(new AdmissionError(denied), 400)).toMatchObject({
    code: 'token_limit_reached',
    status: 429,
    retryAfterMs: 500,
  })
})

test('a client error names the field, a body error keeps its status, and any other error is unknown', () => {
  const bad = new ClientError('No.', { param: 'messages', problem: 'invalid_value' })
  expect(thrownFailure(bad, 0)).toMatchObject({
    code: 'invalid_input',
    status: 400,
    param: 'messages',
  })
  expect(thrownFailure(new BodyError(413, 'Too long.'), 0)).toMatchObject({
    code: 'body_too_large',
    status: 413,
  })
  expect(thrownFailure(new Error('x'), 0)).toBeUndefined()
})

test("Google's own error keeps its status and message", () => {
  const body = JSON.stringify([
    { error: { code: 400, message: 'No.', status: 'INVALID_ARGUMENT' } },
  ])
  expect(googleFailure(400, body)).toMatchObject({
    code: 'google_error',
    status: 400,
    message: 'No.',
  })
  expect(googleFailure(502, '').message).toContain('502')
})
