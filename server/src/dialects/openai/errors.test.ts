import { describe, expect, test } from 'vitest'
import { BodyError } from '../../http/request-body.ts'
import { ClientError } from '../translate/client-error.ts'
import { fromGoogleAnswer, fromInvalidRequest } from './errors.ts'

const body = (error: object) => JSON.stringify({ error })
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
    const told = fromGoogleAnswer(status, body({ code: status, message, status: 'X' }))
    expect(told).toMatchObject({ status, error: { message, type, code, param: null } })
  })

  test('says when another try is worth it', () => {
    const told = fromGoogleAnswer(429, body(quota('GenerateRequestsPerMinutePerProjectPerModel')))
    expect(told.headers['retry-after']).toBe('32')
    expect(told.error.code).toBe('rate_limit_exceeded')
  })

  test('about a quota of the day is about the quota, not about the rate', () => {
    const told = fromGoogleAnswer(429, body(quota('GenerateRequestsPerDayPerProjectPerModel')))
    expect(told.error.code).toBe('insufficient_quota')
  })

  test('in an array, in HTML or in nothing is an error all the same', () => {
    const error = { code: 400, message: 'm', status: 'INVALID_ARGUMENT' }
    expect(fromGoogleAnswer(400, JSON.stringify([{ error }])).error.message).toBe('m')
    expect(fromGoogleAnswer(502, '<html><title>Error 502</title></html>').status).toBe(502)
    expect(fromGoogleAnswer(500, '').error.message).toContain('500')
  })
})

describe('an error of the client', () => {
  test('names the field', () => {
    expect(fromInvalidRequest(new ClientError('no', { param: 'n' }))).toMatchObject({
      status: 400,
      error: { message: 'no', type: 'invalid_request_error', param: 'n' },
    })
  })

  test('is not everything that is thrown', () => {
    expect(fromInvalidRequest(new BodyError(413, 'too large'))?.status).toBe(413)
    expect(fromInvalidRequest(new Error('bug'))).toBeUndefined()
  })
})
