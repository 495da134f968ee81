import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { FakeGemini } from '../fake-gemini.ts'
import {
  sendRequest,
  eventsOf,
  flash,
  key,
  userMessage,
  startForTest,
  stream,
  textOf,
} from '../testing/send-request.ts'
import { misbehaviours } from './misbehaviours.ts'

const unary = `${flash}:generateContent`

/** Everything received before the connection closes. */
function readAll(fake: FakeGemini, path: string, text: string) {
  return new Promise<{ text: string; pieces: Buffer[]; broken: boolean }>((resolve) => {
    const pieces: Buffer[] = []
    const done = (broken: boolean) =>
      resolve({ text: Buffer.concat(pieces).toString(), pieces, broken })
    const headers = { 'x-goog-api-key': key }
    const sent = request(fake.url + path, { method: 'POST', headers }, (response) => {
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('end', () => done(false))
      response.on('error', () => done(true))
    })
    sent.on('error', () => done(true))
    sent.end(JSON.stringify(userMessage(text)))
  })
}

async function answerTo(text: string, path = unary) {
  const fake = await startForTest()
  return sendRequest(fake, { path, body: userMessage(text) })
}

const candidateOf = async (marker: string) =>
  (await answerTo(`[[fake:${marker}]]`)).json.candidates?.[0]

describe('an answer', () => {
  test('can stop without parts', async () => {
    expect(await candidateOf('empty-stop')).toEqual({
      content: {},
      finishReason: 'STOP',
      index: 0,
    })
  })

  test('can be text where JSON is asked for, or JSON in a fence', async () => {
    const fake = await startForTest()
    const json = { generationConfig: { responseMimeType: 'application/json' } }
    const answerOf = async (marker: string) =>
      textOf(
        (await sendRequest(fake, { body: { ...userMessage(`[[fake:${marker}]]`), ...json } })).json,
      )
    expect(await answerOf('not-json')).toBe('I would rather say it in words.')
    expect(await answerOf('fenced-json')).toMatch(/^```json\n\{.*\}\n```\n$/)
  })

  test('can be empty for the first calls with an id, from any key', async () => {
    const fake = await startForTest()
    const body = userMessage('[[fake:empty-first-2 id=abc]] Hello')
    const texts = []
    for (let call = 0; call < 4; call += 1)
      texts.push(textOf((await sendRequest(fake, { body })).json))
    expect(texts.map((text) => text !== '')).toEqual([false, false, true, true])
    const other = await sendRequest(fake, {
      body: userMessage('[[fake:empty-first-2 id=def]] Hello'),
    })
    expect(textOf(other.json)).toBe('')
  })

  test('can be a malformed function call with a message', async () => {
    expect(await candidateOf('malformed-function-call')).toMatchObject({
      finishReason: 'MALFORMED_FUNCTION_CALL',
      finishMessage: expect.any(String),
      content: {},
    })
  })

  test('can be a blocked prompt without candidates', async () => {
    const { json, status } = await answerTo('[[fake:blocked-prompt]]')
    expect(status).toBe(200)
    expect(json.promptFeedback?.blockReason).toBe('PROHIBITED_CONTENT')
    expect(json).not.toHaveProperty('candidates')
  })

  test.each([
    ['safety', 'SAFETY'],
    ['recitation', 'RECITATION'],
    ['max-tokens-empty', 'MAX_TOKENS'],
    ['unexpected-tool-call', 'UNEXPECTED_TOOL_CALL'],
    ['unknown-finish', 'SOMETHING_NEW'],
  ])('can finish with %s', async (marker, reason) => {
    expect((await candidateOf(marker))?.finishReason).toBe(reason)
  })

  test('can use all tokens for thoughts: the content is empty and has no role', async () => {
    expect((await candidateOf('max-tokens-empty'))?.content).toEqual({})
  })

  test('can have an event larger than ten megabytes', async () => {
    const { text } = await answerTo('[[fake:huge-inline-data]]', stream)
    const longest = Math.max(...text.split('\r\n').map((line) => line.length))
    expect(longest).toBeGreaterThan(10 * 1024 * 1024)
    expect(eventsOf(text)).toHaveLength(2)
  })

  test('can have an exact number of pieces of an exact size', async () => {
    const { text } = await answerTo('[[fake:chunks-20 bytes-100]]', stream)
    const pieces = eventsOf(text).map(textOf)
    expect(pieces).toHaveLength(21)
    expect(pieces.slice(0, 20).every((piece) => piece.length === 100)).toBe(true)
  })

  test('can continue in more segments, each requested with a token', async () => {
    const fake = await startForTest()
    const body = userMessage('[[fake:continuation-2]]')
    const reasons = []
    let token: unknown
    for (let segment = 0; segment < 3; segment += 1) {
      const sent = token === undefined ? body : { ...body, continuationToken: token }
      const candidate = (await sendRequest(fake, { body: sent })).json.candidates?.[0]
      reasons.push(candidate?.finishReason)
      token = candidate?.continuationToken
    }
    expect(reasons).toEqual(['CONTINUATION', 'CONTINUATION', 'STOP'])
  })

  test('can be a long stream', async () => {
    const { text } = await answerTo('[[fake:long-stream-500]]', stream)
    expect(eventsOf(text)).toHaveLength(501)
  })
})

describe('an answer is replaced', () => {
  test.each([
    ['error-first-500', 500, 'INTERNAL'],
    ['error-first', 503, 'UNAVAILABLE'],
    ['error-first-504', 504, 'DEADLINE_EXCEEDED'],
    ['unknown-status', 418, 'UNKNOWN'],
    ['location', 400, 'FAILED_PRECONDITION'],
    ['bare-429', 429, 'RESOURCE_EXHAUSTED'],
    ['limit-zero', 429, 'RESOURCE_EXHAUSTED'],
  ])('by %s with %i %s', async (marker, status, rpcStatus) => {
    const answer = await answerTo(`[[fake:${marker}]]`)
    expect(answer.status).toBe(status)
    expect(answer.json.error?.status).toBe(rpcStatus)
  })

  test('by overloaded for the first calls with an id', async () => {
    const fake = await startForTest()
    const body = userMessage('[[fake:overloaded-first-2 id=x]]')
    const statuses = []
    for (let call = 0; call < 3; call += 1)
      statuses.push((await sendRequest(fake, { body })).status)
    expect(statuses).toEqual([503, 503, 200])
  })

  test.each([
    ['html-502', 502, 'text/html; charset=UTF-8'],
    ['html-413', 413, 'text/html; charset=UTF-8'],
    ['empty-200', 200, 'application/json'],
    ['not-json-200', 200, 'application/json; charset=UTF-8'],
  ])('by %s, which is not JSON', async (marker, status, contentType) => {
    const answer = await answerTo(`[[fake:${marker}]]`)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe(contentType)
    expect(answer.json).toEqual({})
  })

  test('by a reset connection', async () => {
    const fake = await startForTest()
    const { broken, text } = await readAll(fake, unary, '[[fake:connection-reset]]')
    expect({ broken, text }).toEqual({ broken: true, text: '' })
    expect(fake.received()[0]?.closedByClient).toBe(false)
  })
})

describe('an answer is sent', () => {
  test('in events, cut after the given number', async () => {
    const fake = await startForTest()
    const { text, broken } = await readAll(fake, stream, '[[fake:cut-after-2]] Hello')
    expect(broken).toBe(true)
    expect(eventsOf(text)).toHaveLength(2)
  })

  test('whole, cut in the middle', async () => {
    const fake = await startForTest()
    const { text, broken } = await readAll(fake, unary, '[[fake:cut-after-2]] Hello')
    expect(broken).toBe(true)
    expect(text.startsWith('{')).toBe(true)
    expect(text.trimEnd().endsWith('}')).toBe(false)
  })

  test('in events, then an error event', async () => {
    const { text, status } = await answerTo('[[fake:error-after-1]] Hello', stream)
    const events = eventsOf(text)
    expect(status).toBe(200)
    expect(events).toHaveLength(2)
    expect(events[1]?.error).toMatchObject({ code: 503, status: 'UNAVAILABLE' })
  })

  test('without the last blank line', async () => {
    const { text } = await answerTo('[[fake:no-final-blank-line]] Hello', stream)
    expect(text.endsWith('}')).toBe(true)
  })

  test('in pieces that split characters', async () => {
    const fake = await startForTest()
    const { text, pieces } = await readAll(fake, stream, '[[fake:split-utf8]]')
    expect(eventsOf(text).map(textOf).join('')).toContain('你好世界 🌍🚀')
    const lossy = pieces.map((piece) => piece.toString()).join('')
    expect(lossy).toContain('\uFFFD')
  })

  test.each([
    ['hang', unary],
    ['hang-after-1', stream],
    ['slow-60000', stream],
    ['ticking-10', stream],
    ['delay-60000', unary],
  ])('never with %s, and the call ends when the client leaves', async (marker, path) => {
    const fake = await startForTest()
    const leaving = new AbortController()
    const going = fetch(fake.url + path, {
      method: 'POST',
      headers: { 'x-goog-api-key': key },
      body: JSON.stringify(userMessage(`[[fake:${marker}]] Hello`)),
      signal: leaving.signal,
    }).then((response) => response.text())
    await expect.poll(() => fake.activeCalls()).toBe(1)
    leaving.abort()
    await expect(going).rejects.toThrow(/abort/)
    await expect.poll(() => fake.activeCalls()).toBe(0)
    expect(fake.received()[0]?.closedByClient).toBe(true)
  })
})

describe('misbehaviour', () => {
  test('can be set by the model name, several joined by a plus', async () => {
    const fake = await startForTest()
    const path = '/v1beta/models/fake-chunks-3+error-after-2:streamGenerateContent?alt=sse'
    const { text } = await sendRequest(fake, { path })
    expect(eventsOf(text).map((event) => event.error?.code)).toEqual([undefined, undefined, 503])
    expect(fake.received()[0]?.verdict).toBe('misbehaved:chunks+error-after')
  })

  test('with an unknown name is an unknown model, or ordinary text', async () => {
    const fake = await startForTest()
    expect(
      (await sendRequest(fake, { path: '/v1beta/models/fake-nothing:generateContent' })).status,
    ).toBe(404)
    expect(
      textOf((await sendRequest(fake, { body: userMessage('[[fake:nothing]]') })).json),
    ).toContain('You said')
  })

  test('does not apply to an invalid key', async () => {
    const fake = await startForTest()
    const headers = { 'x-goog-api-key': 'AQ.unknown' }
    expect((await sendRequest(fake, { headers, body: userMessage('[[fake:hang]]') })).status).toBe(
      400,
    )
  })

  test('is listed in the README, row by row', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const listed = [...readme.matchAll(/^\| `([a-z0-9-]+?)(?:-N)?` +\| .+ \|$/gm)].map(
      ([, name]) => name,
    )
    expect(listed).toEqual(expect.arrayContaining(misbehaviours.map(({ name }) => name)))
  })

  test('has a unique name and a description', () => {
    expect(new Set(misbehaviours.map(({ name }) => name)).size).toBe(misbehaviours.length)
    expect(misbehaviours.every(({ description }) => description.endsWith('.'))).toBe(true)
  })
})
