import { expect, test } from 'vitest'
import { ClientDisconnected } from '../../runtime/streams/client-disconnected.ts'
import { classifyFailure } from './classify-failure.ts'

const failure = (code: string, message = 'It failed.') =>
  Object.assign(new Error(message), { code })

test.each([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'HPE_INVALID_CONSTANT',
])('%s is a network failure', (code) => {
  expect(classifyFailure(failure(code))).toEqual({
    verdict: 'network-failed',
    status: 0,
    reason: code,
    message: 'It failed.',
  })
})

test.each(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])('%s is a timeout', (code) => {
  expect(classifyFailure(failure(code)).verdict).toBe('timed-out')
})

test('a disconnected client is not a network failure', () => {
  expect(classifyFailure(new ClientDisconnected())).toEqual({ verdict: 'client-left', status: 0 })
})

test.each(['x-goog-api-key', 'authorization'])(
  'a key that is no value of %s is invalid',
  (name) => {
    const error = failure('UND_ERR_INVALID_ARG', `invalid ${name} header`)
    expect(classifyFailure(error).verdict).toBe('key-invalid')
  },
)

test.each([
  ['UND_ERR_INVALID_ARG', 'invalid request path'],
  ['UND_ERR_INVALID_ARG', 'invalid user-agent header'],
  ['UND_ERR_NOT_SUPPORTED', 'expect header not supported'],
])('a call that cannot be sent is a fault of the request: %s, %s', (code, message) => {
  expect(classifyFailure(failure(code, message)).verdict).toBe('request-refused')
})

test('the code of the cause is the reason, and the message of an error without one', () => {
  const error = new TypeError('fetch failed', { cause: failure('ECONNREFUSED') })
  expect(classifyFailure(error)).toMatchObject({ reason: 'ECONNREFUSED', message: 'fetch failed' })
  expect(classifyFailure(failure('ECONNREFUSED', '')).message).toBe('ECONNREFUSED')
})
