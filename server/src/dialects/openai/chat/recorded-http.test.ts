import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readRecording } from '../../../runtime/testing/recordings.ts'
import { postChat } from '../testing/chat-client.ts'
import { startTestGateway, type TestGateway } from '../../testing/test-gateway.ts'

const requests = readRecording('openai-chat-requests.jsonl')
const exchanges = readRecording('gemini-exchanges.jsonl')
const streams = (exchanges ?? [])
  .flatMap(({ status, response }) => {
    const { text } = Object(response)
    return status === 200 && typeof text === 'string' && text !== '' ? [Buffer.from(text)] : []
  })
  .toSorted((a, b) => a.length - b.length)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ attempts: 1 })
})
beforeEach(() => {
  gateway.fake.clearScripts()
  gateway.fake.clearReceived()
})
afterAll(() => gateway.close())

const model = 'gemini-3.8-flash'

const post = (body: object) => postChat(gateway, body)

describe.skipIf(requests === undefined)('a recorded request of a real client', () => {
  test('is answered, or refused with the field', async () => {
    const refused: string[] = []
    for (const { id, body } of requests ?? []) {
      const { status, text, isCut } = await post({ ...Object(body), model })
      expect(isCut, String(id)).toBe(false)
      if (status === 200) {
        const end = Object(body).stream === true ? /data: \[DONE\]\n\n$/ : /^\{"id":"chatcmpl-/
        expect(text, String(id)).toMatch(end)
      } else {
        expect(status, String(id)).toBe(400)
        refused.push(Object(JSON.parse(text)).error.param)
      }
    }
    for (const param of refused) expect(param).toBeTypeOf('string')
    expect(refused.length).toBeLessThanOrEqual((requests?.length ?? 0) * 0.05)
  })
})

describe.skipIf(exchanges === undefined)('a recorded stream, over real connections', () => {
  const request = { model, stream: true, messages: [{ role: 'user', content: 'hi' }] }
  const headers = { 'content-type': 'text/event-stream' }
  /** Removes ids and times, which differ between requests. */
  const timeless = (text: string) =>
    text.replaceAll(/"id":"[^"]+"|"created":\d+/g, '').replaceAll(': keep-alive\n\n', '')

  /** The shortest, the shortest that calls a function, and the shortest whose text is not ASCII. */
  const several = [
    streams[0],
    streams.find((bytes) => bytes.includes('functionCall')),
    streams.find((bytes) => bytes.some((byte) => byte > 127)),
  ].filter((bytes) => bytes !== undefined)

  test.each(several.map((bytes) => [bytes.length, bytes] as const))(
    'of %i bytes, cut at each of them, is the same answer or an error',
    async (length, bytes) => {
      gateway.fake.script({ headers, bodyBase64: bytes.toString('base64') })
      const whole = await post(request)
      expect(whole.text).toMatch(/data: \[DONE\]\n\n$/)
      let errors = 0
      for (let at = 1; at < length; at += 1) {
        gateway.fake.clearScripts()
        gateway.fake.script({ headers, bodyBase64: bytes.toString('base64'), cutAfterBytes: at })
        const cut = await post(request)
        if (cut.status === 200 && !cut.isCut) {
          expect(timeless(cut.text)).toBe(timeless(whole.text))
          continue
        }
        errors += 1
        expect(cut.text).not.toContain('[DONE]')
        expect(cut.text).not.toMatch(/"finish_reason":"/)
        expect(cut.text).toMatch(/^(data: )?\{"error":|\n\ndata: \{"error":/)
      }
      expect(errors).toBeGreaterThan(length / 2)
      expect(gateway.received()).toHaveLength(length)
    },
    60_000,
  )
})
