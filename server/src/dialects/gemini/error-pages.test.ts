import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestGateway, token, type TestGateway } from '../testing/test-gateway.ts'

let gateway: TestGateway
beforeEach(async () => {
  gateway = await startTestGateway({ attempts: 5 })
})
afterEach(() => gateway.close())

const paths = {
  '/v1beta/models/gemini-3.8-flash:generateContent': (text: string) => ({
    contents: [{ role: 'user', parts: [{ text }] }],
  }),
  '/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse': (text: string) => ({
    contents: [{ role: 'user', parts: [{ text }] }],
  }),
  '/v1/chat/completions': (text: string) => ({
    model: 'gemini-3.8-flash',
    messages: [{ role: 'user', content: text }],
  }),
}

describe.each(Object.entries(paths))('at %s', (path, bodyOf) => {
  const ask = async (text: string) => {
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'x-goog-api-key': token },
      body: JSON.stringify(bodyOf(text)),
    })
    return { status: response.status, json: JSON.parse(await response.text()) }
  }

  test.each([
    ['html-413', 413, /Request Entity Too Large/],
    ['html-502', 502, /Bad Gateway/],
  ])('an error page (%s) is an error in JSON with its words', async (name, status, words) => {
    expect(await ask(`[[fake:${name}]]`)).toMatchObject({
      status,
      json: { error: { message: expect.stringMatching(words) } },
    })
  })

  test('a 504 is tried once more', async () => {
    expect(await ask('[[fake:error-first-504]]')).toMatchObject({
      status: 504,
      json: { error: { message: expect.any(String) } },
    })
    expect(gateway.received()).toHaveLength(2)
  })
})
