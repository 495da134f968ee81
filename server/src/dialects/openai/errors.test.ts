import { describe, expect, test } from 'vitest'
import { failure, googleFailure, thrownFailure } from '../failures.ts'
import { ClientError } from '../client-error.ts'
import { openAiError, renderFailure } from './errors.ts'

const body = (error: object) => JSON.stringify({ error })
const ofGoogle = (status: number, text: string) => renderFailure(googleFailure(status, text))
const quota = (quotaId: string) => ({
  code: 429,
  message: 'Quota. Please retry in 31.6s.',
  status: 'RESOURCE_EXHAUSTED',
  details: [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '31s' },
  ],
})

describe('an error of Google', () => {
  test.each([
    [400, 'x', 'invalid_request_error', null],
    [
      400,
      'The input token count exceeds the maximum number of tokens allowed (1048576).',
      'invalid_request_error',
      'context_length_exceeded',
    ],
    [401, 'x', 'authentication_error', 'invalid_api_key'],
    [402, 'x', 'insufficient_quota', 'insufficient_quota'],
    [403, 'x', 'permission_error', 'permission_denied'],
    [404, 'x', 'invalid_request_error', 'model_not_found'],
    [429, 'x', 'requests', 'rate_limit_exceeded'],
    [500, 'x', 'server_error', null],
    [503, 'x', 'server_error', 'service_unavailable'],
    [504, 'x', 'server_error', 'timeout'],
  ])('of status %i (%s) keeps its status and becomes %s, %s', (status, message, type, code) => {
    const answer = ofGoogle(status, body({ code: status, message, status: 'X' }))
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toEqual({ error: { message, type, code, param: null } })
  })

  test('has Retry-After', () => {
    const answer = ofGoogle(429, body(quota('GenerateRequestsPerMinutePerProjectPerModel')))
    expect(answer.headers['retry-after']).toBe('32')
    expect(JSON.parse(answer.body).error.code).toBe('rate_limit_exceeded')
  })

  test('for a daily quota is insufficient_quota', () => {
    const answer = ofGoogle(429, body(quota('GenerateRequestsPerDayPerProjectPerModel')))
    expect(JSON.parse(answer.body).error.code).toBe('insufficient_quota')
  })

  test('for a token quota has the type tokens', () => {
    const id = 'GenerateContentInputTokensPerModelPerMinute'
    expect(JSON.parse(ofGoogle(429, body(quota(id))).body).error.type).toBe('tokens')
  })

  test('in an array, in HTML or without a body is rendered too', () => {
    const error = { code: 400, message: 'm', status: 'INVALID_ARGUMENT' }
    expect(JSON.parse(ofGoogle(400, JSON.stringify([{ error }])).body).error.message).toBe('m')
    expect(ofGoogle(502, '<html><title>Error 502</title></html>').status).toBe(502)
    expect(ofGoogle(500, '').body).toContain('500')
  })
})

describe('a failure of the gateway', () => {
  test('names the invalid field', () => {
    const thrown = thrownFailure(new ClientError('no', { param: 'n', problem: 'invalid_value' }), 0)
    expect(thrown && openAiError(thrown)).toEqual({
      message: 'no',
      type: 'invalid_request_error',
      param: 'n',
      code: 'invalid_value',
    })
  })

  test.each([
    ['unknown_token', 401, 'invalid_request_error', 'invalid_api_key'],
    ['dialect_not_allowed', 403, 'invalid_request_error', 'permission_denied'],
    ['model_not_allowed', 403, 'permission_error', 'permission_denied'],
    ['token_limit_reached', 429, 'requests', 'rate_limit_exceeded'],
    ['no_keys', 503, 'server_error', 'service_unavailable'],
    ['stream_cut', 503, 'server_error', 'stream_cut'],
    ['not_found', 404, 'invalid_request_error', 'unknown_url'],
    ['internal_error', 500, 'server_error', null],
  ] as const)('%s is %i, %s, %s', (code, status, type, rendered) => {
    const { status: sent, body: text } = renderFailure(failure(code, 'x'))
    expect(sent).toBe(status)
    expect(JSON.parse(text).error).toMatchObject({ type, code: rendered })
  })
})
