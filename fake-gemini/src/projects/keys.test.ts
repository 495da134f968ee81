import { describe, expect, test } from 'vitest'
import type { FakeKeyState } from '../options.ts'
import { sendRequest, flash, key, startForTest } from '../testing/send-request.ts'

type Row = [state: FakeKeyState, status: number, rpc: string, reason: string, text: string]

const refusals: Row[] = [
  [
    'invalid',
    400,
    'INVALID_ARGUMENT',
    'API_KEY_INVALID',
    'API key not valid. Please pass a valid API key.',
  ],
  [
    'expired',
    400,
    'INVALID_ARGUMENT',
    'API_KEY_INVALID',
    'API key expired. Please renew the API key.',
  ],
  [
    'deleted',
    400,
    'INVALID_ARGUMENT',
    'API_KEY_INVALID',
    'API Key not found. Please pass a valid API key.',
  ],
  [
    'leaked',
    403,
    'PERMISSION_DENIED',
    '',
    'Your API key was reported as leaked. Please use another API key.',
  ],
  [
    'suspended',
    403,
    'PERMISSION_DENIED',
    'CONSUMER_SUSPENDED',
    `Permission denied: Consumer 'api_key:${key}' has been suspended.`,
  ],
  [
    'service-disabled',
    403,
    'PERMISSION_DENIED',
    'SERVICE_DISABLED',
    'Generative Language API has not been used in project',
  ],
  [
    'blocked',
    403,
    'PERMISSION_DENIED',
    'API_KEY_SERVICE_BLOCKED',
    'GenerativeService.GenerateContent are blocked.',
  ],
  [
    'legacy-rejected',
    401,
    'UNAUTHENTICATED',
    'ACCESS_TOKEN_TYPE_UNSUPPORTED',
    'Request had invalid authentication credentials.',
  ],
  [
    'unauthenticated',
    401,
    'UNAUTHENTICATED',
    '',
    'Request had invalid authentication credentials.',
  ],
  ['prepay-depleted', 429, 'RESOURCE_EXHAUSTED', '', 'Your prepayment credits are depleted.'],
  [
    'spending-cap',
    429,
    'RESOURCE_EXHAUSTED',
    '',
    'Your project has exceeded its monthly spending cap.',
  ],
  [
    'project-denied',
    403,
    'PERMISSION_DENIED',
    '',
    'Your project has been denied access. Please contact support.',
  ],
  ['location', 400, 'FAILED_PRECONDITION', '', 'User location is not supported for the API use.'],
  [
    'free-tier-country',
    400,
    'FAILED_PRECONDITION',
    '',
    'Gemini API free tier is not available in your country.',
  ],
  ['bare-429', 429, 'RESOURCE_EXHAUSTED', '', 'Resource has been exhausted (e.g. check quota).'],
  ['server-error', 500, 'INTERNAL', '', 'An internal error has occurred.'],
]

describe('a key', () => {
  test.each(refusals)('that is %s is rejected with %i %s', async (...row) => {
    const [state, status, rpcStatus, reason, text] = row
    const fake = await startForTest()
    fake.setKeyState(key, state)
    const { json, status: sent } = await sendRequest(fake)
    expect(sent).toBe(status)
    expect(json.error).toMatchObject({ code: status, status: rpcStatus })
    expect(json.error?.message).toContain(text)
    const reasons = json.error?.details?.flatMap((detail) => detail['reason'] ?? []) ?? []
    expect(reasons).toEqual(reason === '' ? [] : [reason])
    expect(fake.received().at(-1)?.verdict).toBe(`key:${state}`)
  })

  test('that is blocked still lists models', async () => {
    const fake = await startForTest()
    fake.setKeyState(key, 'blocked')
    expect((await sendRequest(fake, { method: 'GET', path: '/v1beta/models' })).status).toBe(200)
  })

  test('that is set to ok again is accepted', async () => {
    const fake = await startForTest()
    fake.setKeyState(key, 'suspended')
    expect((await sendRequest(fake)).status).toBe(403)
    fake.setKeyState(key, 'ok')
    expect((await sendRequest(fake)).status).toBe(200)
  })

  test('that is unknown is invalid, unless `openKeys` is set', async () => {
    const headers = { 'x-goog-api-key': 'AQ.unknown' }
    const closed = await startForTest()
    expect((await sendRequest(closed, { headers })).json.error?.message).toContain(
      'API key not valid',
    )
    const open = await startForTest({ openKeys: true })
    expect((await sendRequest(open, { headers })).status).toBe(200)
    expect(open.received().at(-1)?.project).toBe('project-of-AQ.unknown')
  })
})

describe('credentials', () => {
  const legacy = 'AIzaSyLegacy'
  const several = 'Multiple authentication credentials received. Please pass only one.'

  async function tryWith(given: { query?: string; headers?: Record<string, string> }) {
    const fake = await startForTest({ projects: [{ id: 'p', keys: [key, legacy] }] })
    const path = `${flash}:generateContent${given.query ?? ''}`
    const { status, json } = await sendRequest(fake, { path, headers: given.headers ?? {} })
    return { status, message: json.error?.message }
  }

  test('may be a legacy key in the query', async () => {
    expect(await tryWith({ query: `?key=${legacy}` })).toMatchObject({ status: 200 })
  })

  test('may not be an auth key in the query', async () => {
    expect(await tryWith({ query: `?key=${key}` })).toEqual({ status: 400, message: several })
  })

  test('may not be given in two places', async () => {
    const headers = { 'x-goog-api-key': key }
    const bearer = { ...headers, authorization: 'Bearer something' }
    expect(await tryWith({ headers, query: `?key=${legacy}` })).toEqual({
      status: 400,
      message: several,
    })
    expect(await tryWith({ headers: bearer })).toEqual({ status: 400, message: several })
    expect(await tryWith({ headers: { 'x-goog-api-key': `${key}, ${key}` } })).toEqual({
      status: 400,
      message: several,
    })
  })

  test('are required', async () => {
    const { status, message } = await tryWith({})
    expect(status).toBe(403)
    expect(message).toContain("Method doesn't allow unregistered callers")
  })

  test('are of the wrong type if a key is sent as a bearer token', async () => {
    expect(await tryWith({ headers: { authorization: `Bearer ${key}` } })).toMatchObject({
      status: 401,
    })
  })
})
