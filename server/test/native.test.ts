import { describe, expect, test } from 'vitest'
import {
  call,
  clientToken,
  generate,
  healthyProjects,
  startGateway,
  useGateway,
} from './support/gateway.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(3) } })

const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] })
const post = (path: string, init: RequestInit = {}) =>
  call(gateway, path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    ...init,
  })

describe('paths', () => {
  test.each([
    '/v1beta/models/gemini-3.8-flash:generateContent',
    '/v1/models/gemini-3.8-flash:generateContent',
    '/v1alpha/models/gemini-3.8-flash:generateContent',
    '/gemini/v1beta/models/gemini-3.8-flash:generateContent',
    '//v1beta//models/gemini-3.8-flash:generateContent',
    '/v1beta/models/gemini-3.8-flash%3AgenerateContent',
  ])('%s is served', async (path) => {
    expect((await post(path)).status).toBe(200)
  })

  test("the version in the client's path is the one that goes upstream", async () => {
    gateway.fake.clearReceived()
    await post('/v1alpha/models/gemini-3.8-flash:generateContent')
    expect(gateway.fake.received().at(-1)?.path).toBe(
      '/v1alpha/models/gemini-3.8-flash:generateContent',
    )
  })

  test('any other method of a model is forwarded as it is', async () => {
    const answer = await post('/v1beta/models/gemini-3.8-flash:someNewMethod')
    expect(gateway.fake.received().at(-1)).toMatchObject({
      action: 'someNewMethod',
      bodyText: body,
    })
    expect(answer.status).toBe(gateway.fake.received().at(-1)?.status)
  })

  test('what is not served is a 404 in the shape of Google', async () => {
    const answer = await post('/v1beta/nothing/here')
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.text).error).toMatchObject({ code: 404, status: 'NOT_FOUND' })
  })
})

describe('credentials', () => {
  const url = '/v1beta/models/gemini-3.8-flash:generateContent'
  const noKey = { 'content-type': 'application/json', 'x-goog-api-key': '' }

  test.each([
    ['as x-goog-api-key', url, {}],
    ['as ?key=', `${url}?key=${clientToken}`, noKey],
    ['as Bearer', url, { ...noKey, authorization: `Bearer ${clientToken}` }],
    ['beside a wrong ?key=', `${url}?key=wrong`, {}],
  ])('a token is taken %s', async (_name, path, headers) => {
    expect((await post(path, { headers })).status).toBe(200)
  })

  test.each([
    ['none', noKey],
    ['an unknown one', { 'x-goog-api-key': 'unknown' }],
    ['an empty Bearer', { ...noKey, authorization: 'Bearer ' }],
  ])('%s is refused and costs no call', async (_name, headers) => {
    gateway.fake.clearReceived()
    expect((await post(url, { headers })).status).toBe(401)
    expect(gateway.fake.received()).toEqual([])
  })

  test('the key goes upstream as x-goog-api-key, alone; nothing of the client goes with it', async () => {
    gateway.fake.clearReceived()
    await post(`${url}?key=${clientToken}&alt=json&x=1`, {
      headers: {
        authorization: `Bearer ${clientToken}`,
        cookie: 'a=b',
        'x-api-key': 'c',
        'user-agent': 'sdk/1',
      },
    })
    const received = gateway.fake.received().at(-1)
    expect(received?.headers['x-goog-api-key']).toMatch(/^AQ\.test-key/)
    expect(Object.keys(received?.headers ?? {})).not.toEqual(
      expect.arrayContaining(['authorization', 'cookie', 'x-api-key']),
    )
    expect(received?.headers['authorization']).toBeUndefined()
    expect(received?.headers['cookie']).toBeUndefined()
    expect(received?.headers['user-agent']).toBe('sdk/1')
    expect(received?.query).toEqual({ alt: 'json' })
  })
})

describe('bodies', () => {
  test('the safety settings are the only addition by default; the rest arrives byte for byte', async () => {
    gateway.fake.clearReceived()
    await post('/v1beta/models/gemini-3.8-flash:generateContent')
    const arrived = gateway.fake.received().at(-1)?.bodyText ?? ''
    expect(arrived).toMatch(/^\{"safetySettings":\[.*?\],"contents"/)
    expect(arrived.endsWith(body.slice(1))).toBe(true)
  })

  test('a gzip-encoded body is unpacked', async () => {
    const { gzipSync } = await import('node:zlib')
    const answer = await post('/v1beta/models/gemini-3.8-flash:generateContent', {
      body: new Uint8Array(gzipSync(body)),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    })
    expect(answer.status).toBe(200)
  })

  test.each([
    ['no JSON', '{"contents":', {}, 400],
    ['a list', '[]', {}, 400],
    ['nothing', '', {}, 400],
    ['no gzip, though it says so', body, { 'content-encoding': 'gzip' }, 400],
    ['of an unknown encoding', body, { 'content-encoding': 'zip' }, 415],
  ])(
    'a body that is %s is refused in the shape of Google, without a call',
    async (_name, text, headers, status) => {
      gateway.fake.clearReceived()
      const answer = await post('/v1beta/models/gemini-3.8-flash:generateContent', {
        body: text,
        headers: { 'content-type': 'application/json', ...headers },
      })
      expect(answer.status).toBe(status)
      expect(JSON.parse(answer.text).error).toMatchObject({
        code: status,
        status: 'INVALID_ARGUMENT',
      })
      expect(gateway.fake.received()).toEqual([])
    },
  )

  test('a body over the limit is refused by the name of the setting', async () => {
    const small = await startGateway({
      fake: { projects: healthyProjects(1) },
      settings: { MAX_REQUEST_BODY_MB: '1' },
    })
    const large = 'x'.repeat(2 * 1024 * 1024)
    const stream = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 32; index += 1)
          controller.enqueue(new TextEncoder().encode(large.slice(0, 65_536)))
        controller.close()
      },
    })
    const path = '/v1beta/models/gemini-3.8-flash:generateContent'
    const announced = await call(small, path, { method: 'POST', body: large }).catch(
      (error: unknown) => error,
    )
    const chunked = await call(small, path, {
      method: 'POST',
      body: stream,
      duplex: 'half',
    }).catch((error: unknown) => error)
    for (const answer of [announced, chunked]) {
      // The gateway may close while the client still sends; what it must not do is take the body.
      if (answer instanceof Error) continue
      expect(answer).toMatchObject({
        status: 413,
        text: expect.stringContaining('MAX_REQUEST_BODY_MB'),
      })
    }
    expect(small.fake.received()).toEqual([])
    await small.close()
  })
})

describe('answers', () => {
  test("Google's refusal of a request comes back as it is", async () => {
    const answer = await post('/v1beta/models/gemini-3.8-flash:generateContent', {
      body: '{"contents":[{"role":"user","parts":[{"text":"a"}]}],"nonsense":1}',
    })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text).error.message).toContain('Unknown name "nonsense"')
  })

  test('headers that clients rely on come back', async () => {
    const { headers } = await post('/v1beta/models/gemini-3.8-flash:generateContent')
    expect(headers.get('content-type')).toMatch(/application\/json/)
    expect(headers.get('server-timing')).not.toBeNull()
    expect(headers.get('x-gemini-service-tier')).not.toBeNull()
  })

  test('an unknown model is asked for in one other project, then told', async () => {
    gateway.fake.clearReceived()
    const answer = await generate(gateway, 'hi', { model: 'gemini-9-nothing' })
    expect(answer.status).toBe(404)
    expect(answer.text).toContain('is not found for API version v1beta')
    expect(gateway.fake.received()).toHaveLength(2)
    expect(new Set(gateway.fake.received().map(({ project }) => project)).size).toBe(2)
  })
})

test('a function declared in JSON Schema that Google refuses is served', async () => {
  gateway.fake.clearReceived()
  const parameters = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: { count: { type: 'integer', exclusiveMinimum: 0 } },
    additionalProperties: false,
  }
  const { status } = await post('/v1beta/models/gemini-3.8-flash:generateContent', {
    body: JSON.stringify({
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      tools: [{ functionDeclarations: [{ name: 'f', parameters }] }],
    }),
  })
  expect(status).toBe(200)
  expect(gateway.fake.received()[0]?.bodyText).toContain('"minimum":1')
})
