import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { clientToken, generateBody, useGateway, type Called } from './support/gateway.ts'

/** A key that Google's OpenAI endpoint takes. */
const key = 'AIzaSyTestTestTestTestTestTestTest00001'
const gateway = useGateway({ fake: { projects: [{ id: 'one', tier: 'paid1', keys: [key] }] } })

const google = { 'x-goog-api-key': clientToken }
const openAi = { authorization: `Bearer ${clientToken}` }
const json = { 'content-type': 'application/json' }

async function send(method: string, path: string, headers: object = {}, body?: string) {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { ...headers },
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const model = 'gemini-3.8-flash'
const chat = (name = model) =>
  JSON.stringify({ model: name, messages: [{ role: 'user', content: 'hi' }] })
const objectOf = ({ text }: Called): string => JSON.parse(text).object

describe('an address that people type is served', () => {
  test.each([
    '/v1beta/openai/chat/completions',
    '/v1beta/chat/completions',
    '/chat/completions',
    '/v1/v1/chat/completions',
    '/openai/chat/completions',
    '/v1/chat/completions/',
    '//v1//chat//completions',
    '/v1/chat/completions/chat/completions',
    '/api/v1/chat/completions',
    '/hf/chat/completions',
  ])('POST %s is a chat', async (path) => {
    const answer = await send('POST', path, { ...openAi, ...json }, chat())
    expect([answer.status, objectOf(answer)]).toEqual([200, 'chat.completion'])
  })

  test.each([
    `/v1/v1beta/models/${model}:generateContent`,
    `/v1beta/v1beta/models/${model}:generateContent`,
    `/models/${model}:generateContent`,
    `/gemini/models/${model}:generateContent`,
    `/v1beta/${model}:generateContent`,
    `/v1beta/models/${model}:generateContent/`,
    `//v1beta//models//${model}:generateContent?alt=json`,
    `/v1beta/publishers/google/models/${model}:generateContent`,
    ...['models', 'google', 'gemini', 'google/gemini', 'publishers/google/models'].map(
      (prefix) => `/v1beta/models/${prefix}/${model}:generateContent`,
    ),
  ])('POST %s generates', async (path) => {
    gateway.fake.clearReceived()
    const answer = await send('POST', path, { ...google, ...json }, generateBody)
    expect(answer.status).toBe(200)
    expect(gateway.fake.received().at(-1)?.path).toBe(`/v1beta/models/${model}:generateContent`)
  })

  test.each(['/v1beta/openai/models', '/models', '/v1/v1/models', '/openai/models'])(
    'GET %s is a list of models for a Bearer client',
    async (path) => {
      const answer = await send('GET', path, openAi)
      expect([answer.status, objectOf(answer)]).toEqual([200, 'list'])
    },
  )

  test.each(['/models', '/v1/v1beta/models', '/gemini/models'])(
    'GET %s is a list of models for a Gemini client',
    async (path) => {
      const answer = await send('GET', path, google)
      expect(answer.status).toBe(200)
      expect(JSON.parse(answer.text)).toHaveProperty('models')
    },
  )

  test('a whole URL as a target is served', async () => {
    const { port } = new URL(gateway.url)
    const status = await new Promise((resolve, reject) => {
      const path = `http://any.example/v1beta/models`
      const sent = request({ host: '127.0.0.1', port, path, headers: google }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.on('error', reject).end()
    })
    expect(status).toBe(200)
  })

  test.each(['OPTIONS *', 'GET http://', 'GET ?', 'GET //', 'GET /%', 'FOO /v1/models', 'GET *'])(
    'the target of %s is answered',
    async (line) => {
      const { hostname, port } = new URL(gateway.url)
      const answer = await new Promise<string>((resolve, reject) => {
        let text = ''
        const socket = connect(Number(port), hostname, () =>
          socket.write(`${line} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n`),
        )
        socket.on('data', (chunk) => (text += chunk.toString('latin1')))
        socket.on('error', reject)
        socket.on('close', () => resolve(text))
      })
      expect(answer).toMatch(/^HTTP\/1\.1 [24]\d\d /)
    },
  )

  test('a page of another origin may call it', async () => {
    const origin = { origin: 'https://page.example' }
    const asked = { ...origin, 'access-control-request-method': 'POST' }
    const preflight = await send('OPTIONS', '/v1beta/openai/chat/completions', asked)
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    const wrong = await send('POST', '/v1/no/such', { ...origin, ...openAi }, chat())
    expect([wrong.status, wrong.headers.get('access-control-allow-origin')]).toEqual([404, '*'])
    expect((await send('OPTIONS', '/v1/no/such', asked)).status).toBe(204)
  })

  test.each(['%0d%0aX-A:b', '%00', '%3Fkey=x', '..%2f..%2ffiles'])(
    'and checked like its own: %s in it makes no call',
    async (part) => {
      gateway.fake.clearReceived()
      const path = `/v1/v1beta/models/${part}:generateContent`
      expect((await send('POST', path, { ...google, ...json }, generateBody)).status).toBe(400)
      expect(gateway.fake.received()).toEqual([])
    },
  )
})

describe('a name in front of a model is no part of it', () => {
  const names = ['models', 'google', 'gemini', 'google/gemini', 'publishers/google/models'].map(
    (prefix) => `${prefix}/${model}`,
  )
  test.each(names)('%s, in every dialect', async (name) => {
    for (const base of ['/v1', '/openai/v1']) {
      gateway.fake.clearReceived()
      const path = `${base}/chat/completions`
      const answer = await send('POST', path, { ...openAi, ...json }, chat(name))
      expect(answer.status).toBe(200)
      const [received] = gateway.fake.received()
      const asked = JSON.parse(received?.bodyText ?? '{}').model ?? received?.path
      expect(asked).toBe(base === '/v1' ? `/v1beta/models/${model}:generateContent` : model)
      expect((await send('GET', `${base}/models/${name}`, openAi)).status).toBe(200)
    }
    const embed = JSON.stringify({ model: name.replace(model, 'gemini-embedding-001'), input: 'a' })
    expect((await send('POST', '/v1/embeddings', { ...openAi, ...json }, embed)).status).toBe(200)
    expect((await send('GET', `/v1beta/models/${name}`, google)).status).toBe(200)
  })
})

describe('HEAD is GET without a body', () => {
  test.each([
    ['/v1beta/models', google],
    [`/v1beta/models/${model}`, google],
    ['/v1/models', openAi],
    ['/v1/models', google],
    ['/openai/v1/models', openAi],
    ['/models', openAi],
    ['/health', {}],
    ['/ready', {}],
    ['/metrics', {}],
    ['/api/session', {}],
    ['/no-such', {}],
  ])('%s', async (path, headers) => {
    const got = await send('GET', path, headers)
    const head = await send('HEAD', path, headers)
    expect([head.status, head.text]).toEqual([got.status, ''])
    for (const name of ['content-type', 'content-length']) {
      expect(head.headers.get(name)).toBe(got.headers.get(name))
    }
  })
})

describe('a path with another method is a 405 that names those it takes, in the form of its clients', () => {
  const inGoogles = { code: 405 }
  const inOpenAis = { type: 'invalid_request_error', code: 'method_not_supported' }
  test.each([
    ['POST', '/v1beta/models', google, 'GET, HEAD, OPTIONS', inGoogles],
    ['DELETE', `/v1beta/models/${model}`, google, 'GET, HEAD, OPTIONS', inGoogles],
    ['GET', `/v1beta/models/${model}:generateContent`, google, 'POST, OPTIONS', inGoogles],
    ['GET', '/v1/chat/completions', openAi, 'POST, OPTIONS', inOpenAis],
    ['PUT', '/openai/v1/embeddings', openAi, 'POST, OPTIONS', inOpenAis],
    ['POST', '/v1/models', openAi, 'GET, HEAD, OPTIONS', inOpenAis],
    ['POST', '/v1/models', google, 'GET, HEAD, OPTIONS', inGoogles],
    ['GET', '/chat/completions', openAi, 'POST, OPTIONS', inOpenAis],
  ])('%s %s', async (method, path, headers, allow, error) => {
    const answer = await send(method, path, headers)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow])
    expect(JSON.parse(answer.text).error).toMatchObject(error)
  })

  test.each(['/health', '/ready', '/metrics'])('POST %s', async (path) => {
    const { status, headers } = await send('POST', path)
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    expect((await send('OPTIONS', path)).status).toBe(204)
  })
})

describe('a wrong address is a 404 in the form of its client, with the nearest one', () => {
  test.each([
    ['/v1/completions', openAi, 'POST /v1/chat/completions'],
    ['/v1/chat/completion', openAi, 'POST /v1/chat/completions'],
    ['/v1/responses', openAi, 'POST /v1/chat/completions'],
    ['/v1/embedding', openAi, 'POST /v1/embeddings'],
    ['/v1/images/generations', openAi, 'POST /openai/v1/images/generations'],
    ['/openai/v1/embed', openAi, 'POST /openai/v1/embeddings'],
    ['/other/model', openAi, 'GET /v1/models'],
  ])('%s for OpenAI', async (path, headers, nearest) => {
    const answer = await send('POST', path, headers)
    expect(answer.status).toBe(404)
    const { error } = JSON.parse(answer.text)
    expect(error).toMatchObject({ type: 'invalid_request_error', code: 'unknown_url' })
    expect(error.message).toContain(nearest)
  })

  test.each([
    ['/v1beta/files', {}, 'POST /v1beta/models/{model}:generateContent'],
    ['/v1beta/model/x:countTokens', {}, 'POST /v1beta/models/{model}:countTokens'],
    ['/v1/files', google, 'POST /v1beta/models/{model}:generateContent'],
    ['/vertex-express/v1beta/models', {}, 'POST /v1beta/models'],
    ['/other/x?key=y', {}, 'POST /v1beta/models/{model}:generateContent'],
  ])('%s for Gemini', async (path, headers, nearest) => {
    const answer = await send('POST', path, headers)
    expect(answer.status).toBe(404)
    const { error } = JSON.parse(answer.text)
    expect(error).toMatchObject({ code: 404, status: 'NOT_FOUND' })
    expect(error.message).toContain(nearest)
  })

  test('and does not repeat what may be a credential', async () => {
    const { text } = await send('POST', '/v1beta/AIzaSyCanaryCanaryAIzaCanaryCanary00042')
    expect(text).not.toContain('Canary')
  })
})
