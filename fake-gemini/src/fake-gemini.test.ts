import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { FakeGemini } from './fake-gemini.ts'
import {
  answerJson,
  sendRequest,
  flash,
  hello,
  key,
  userMessage,
  startForTest,
  stream,
} from './testing/send-request.ts'

const unary = `${flash}:generateContent`

/** The chunks of a response body. */
function pieces(fake: FakeGemini, path: string) {
  return new Promise<{ pieces: string[]; broken: boolean }>((resolve) => {
    const found: string[] = []
    const headers = { 'x-goog-api-key': key }
    const sent = request(fake.url + path, { method: 'POST', headers }, (response) => {
      response.on('data', (piece: Buffer) => found.push(piece.toString('latin1')))
      response.on('end', () => resolve({ pieces: found, broken: false }))
      response.on('error', () => resolve({ pieces: found, broken: true }))
    })
    sent.on('error', () => resolve({ pieces: found, broken: true }))
    sent.end(JSON.stringify(hello))
  })
}

describe('the HTTP interface', () => {
  test('serves v1, v1beta and v1alpha, and accepts double slashes', async () => {
    const fake = await startForTest()
    for (const prefix of ['/v1', '/v1beta', '/v1alpha', '//v1beta/']) {
      const path = `${prefix}/models/gemini-3.8-flash:generateContent`
      expect((await sendRequest(fake, { path })).status).toBe(200)
    }
  })

  test('answers with pretty-printed JSON and Google’s headers', async () => {
    const { text, headers } = await sendRequest(await startForTest())
    expect(text.startsWith('{\n  "candidates"')).toBe(true)
    expect(headers.get('content-type')).toBe('application/json; charset=UTF-8')
    expect(headers.get('server')).toBe('scaffolding on HTTPServer2')
    expect(headers.get('x-gemini-service-tier')).toBe('standard')
  })

  test('compresses an answer only when the client accepts gzip', async () => {
    const fake = await startForTest()
    const headers = { 'x-goog-api-key': key, 'accept-encoding': 'gzip' }
    const zipped = await sendRequest(fake, { headers })
    expect(zipped.headers.get('content-encoding')).toBe('gzip')
    expect(zipped.json.candidates).toHaveLength(1)
    const plain = await sendRequest(fake, {
      headers: { ...headers, 'accept-encoding': 'identity' },
    })
    expect(plain.headers.get('content-encoding')).toBeNull()
  })

  test('ends each event with CRLF CRLF and writes a space after colons only', async () => {
    const { text, headers } = await sendRequest(await startForTest(), { path: stream })
    expect(headers.get('content-type')).toBe('text/event-stream')
    expect(text.startsWith('data: {"candidates": [{"content": {"parts": [{"text": "You')).toBe(true)
    expect(text.endsWith('}\r\n\r\n')).toBe(true)
    expect(text).not.toContain('[DONE]')
  })

  test('streams a JSON array without alt=sse', async () => {
    const fake = await startForTest()
    const { text } = await sendRequest(fake, { path: `${flash}:streamGenerateContent` })
    expect(JSON.parse(text)).toHaveLength(5)
  })

  test('wraps an error of an array stream in an array, and sends an error of an event stream as plain JSON', async () => {
    const fake = await startForTest()
    const array = await sendRequest(fake, { path: `${flash}:streamGenerateContent`, body: {} })
    expect(JSON.parse(array.text)).toMatchObject([{ error: { code: 400 } }])
    const events = await sendRequest(fake, { path: stream, body: {} })
    expect(events.headers.get('content-type')).toBe('text/event-stream')
    expect(events.json.error?.code).toBe(400)
  })

  test('answers unknown paths with an HTML 404', async () => {
    const fake = await startForTest()
    for (const path of ['/', '/v1beta/nothing', '/v2/models', `${flash}:predict`]) {
      const { status, headers } = await sendRequest(fake, { path })
      expect(status).toBe(404)
      expect(headers.get('content-type')).toContain('text/html')
    }
  })
})

describe('a scripted answer', () => {
  test('is sent to matching calls, the given number of times, before any other check', async () => {
    const fake = await startForTest()
    fake.script({ path: unary, method: 'POST', times: 1, status: 299, body: '{"a":1}' })
    expect(await sendRequest(fake, { headers: {} })).toMatchObject({ status: 299, text: '{"a":1}' })
    expect((await sendRequest(fake)).status).toBe(200)
    expect(fake.received().map(({ verdict }) => verdict)).toEqual(['script', 'ok'])
  })

  test('matches by path pattern and by key', async () => {
    const fake = await startForTest({ projects: [{ id: 'p', keys: [key, 'AQ.other'] }] })
    fake.script({ path: '^/v1beta/models/.*:countTokens$', status: 418 })
    fake.script({ key: 'AQ.other', status: 503 })
    expect((await sendRequest(fake, { path: `${flash}:countTokens` })).status).toBe(418)
    expect((await sendRequest(fake, { headers: { 'x-goog-api-key': 'AQ.other' } })).status).toBe(
      503,
    )
    expect((await sendRequest(fake)).status).toBe(200)
    fake.clearScripts()
    expect((await sendRequest(fake, { path: `${flash}:countTokens` })).status).toBe(200)
  })

  test('flushes its body at the given byte offsets', async () => {
    const fake = await startForTest()
    fake.script({ body: 'é-end', splitAt: [1, 3], headers: { 'Content-Type': 'text/plain' } })
    expect((await pieces(fake, unary)).pieces).toEqual(['\u00c3', '\u00a9-', 'end'])
  })

  test('closes the connection after the given number of bytes', async () => {
    const fake = await startForTest()
    fake.script({ bodyBase64: Buffer.from('abcdef').toString('base64'), cutAfterBytes: 4 })
    expect(await pieces(fake, unary)).toEqual({ pieces: ['abcd'], broken: true })
  })
})

describe('the list of received calls', () => {
  test('has the request and its result', async () => {
    const fake = await startForTest()
    await sendRequest(fake, { path: `${stream}&x=1`, body: userMessage('Hi') })
    expect(fake.received()).toMatchObject([
      {
        sequence: 1,
        method: 'POST',
        path: `${flash}:streamGenerateContent`,
        query: { alt: 'sse', x: '1' },
        headers: { 'x-goog-api-key': key },
        bodyText: JSON.stringify(userMessage('Hi')),
        key,
        project: 'p',
        model: 'gemini-3.8-flash',
        action: 'streamGenerateContent',
        status: 200,
        verdict: 'ok',
        closedByClient: false,
      },
    ])
    fake.clearReceived()
    expect(fake.received()).toEqual([])
  })

  test('has no bodies, or is empty, depending on `recording`', async () => {
    const headersOnly = await startForTest({ recording: 'headers' })
    await sendRequest(headersOnly)
    expect(headersOnly.received()[0]?.bodyText).toBe('')
    const none = await startForTest({ recording: 'none' })
    await sendRequest(none)
    expect(none.received()).toEqual([])
    const { json } = await sendRequest(none, { method: 'GET', path: '/_fake/stats' })
    expect(json).toMatchObject({ calls: 1, byStatus: { 200: 1 } })
  })
})

/** Calls the control API: `control(fake, 'POST clock', { advanceMs: 1 })`. */
async function control(fake: FakeGemini, call: string, body?: object) {
  const [method = '', name = ''] = call.split(' ')
  return sendRequest(fake, { method, path: `/_fake/${name}`, headers: {}, body: body ?? '' })
}

describe('the control API', () => {
  test('moves the clock', async () => {
    const fake = await startForTest()
    const { json } = await control(fake, 'POST clock', { setMs: 5_000_000 })
    expect(Number(json['now'])).toBeGreaterThanOrEqual(5_000_000)
    await control(fake, 'POST clock', { advanceMs: 1_000_000 })
    expect(fake.now()).toBeGreaterThanOrEqual(6_000_000)
  })

  test('adds projects and sets key states and quotas', async () => {
    const fake = await startForTest()
    const headers = { 'x-goog-api-key': 'AQ.new' }
    await control(fake, 'POST projects', { id: 'new', keys: ['AQ.new'] })
    expect((await sendRequest(fake, { headers })).status).toBe(200)
    await control(fake, 'POST keys', { key: 'AQ.new', state: 'leaked' })
    expect((await sendRequest(fake, { headers })).status).toBe(403)
    await control(fake, 'POST keys', { key: 'AQ.new', state: 'ok' })
    await control(fake, 'POST quotas', { project: 'new', model: '*', quota: { rpm: 0 } })
    expect((await sendRequest(fake, { headers })).status).toBe(429)
  })

  test('adds and removes scripts', async () => {
    const fake = await startForTest()
    await control(fake, 'POST scripts', { status: 418 })
    expect((await sendRequest(fake)).status).toBe(418)
    await control(fake, 'DELETE scripts')
    expect((await sendRequest(fake)).status).toBe(200)
  })

  test('lists and clears received calls, without its own', async () => {
    const fake = await startForTest()
    await sendRequest(fake)
    const { json } = await control(fake, 'GET received')
    expect(json['received']).toHaveLength(1)
    await control(fake, 'DELETE received')
    expect(fake.received()).toHaveLength(0)
  })

  test('explains what is wrong with its input', async () => {
    const fake = await startForTest()
    const wrong = await control(fake, 'POST keys', { key: 'a', state: 'sad' })
    expect(wrong.status).toBe(400)
    expect(wrong.text).toContain('Give state, one of: ok, invalid')
    expect((await control(fake, 'GET nothing')).status).toBe(404)
    expect(answerJson((await control(fake, 'POST clock', {})).text)).toHaveProperty('error')
  })
})
