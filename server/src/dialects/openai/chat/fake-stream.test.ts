import { afterEach, describe, expect, test } from 'vitest'
import { postChat } from '../testing/chat-client.ts'
import { startTestGateway, type TestGateway } from '../../testing/test-gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

async function stream(content: string): Promise<{ status: number; events: string[] }> {
  gateway = await startTestGateway({
    settings: { fakeStreamEnabled: true, fakeStreamEmptyDataIntervalSeconds: 0.05 },
  })
  const { status, text } = await postChat(gateway, {
    model: 'gemini-3.8-flash',
    stream: true,
    reasoning_effort: 'low',
    messages: [{ role: 'user', content }],
  })
  return { status, events: text.split('\n\n').filter((event) => event !== '') }
}

describe('a faked stream', () => {
  test('sends empty chunks, then the whole answer with thoughts and text', async () => {
    const { events } = await stream('Say hello [[fake:delay-300]]')
    expect(events[0]).toContain('"choices":[]')
    expect(events.join()).toContain('"reasoning_content"')
    expect(events.join()).toMatch(/"content":"[^"]+"/)
    expect(events.at(-2)).toContain('"finish_reason":"stop"')
    expect(events.at(-1)).toBe('data: [DONE]')
    expect(gateway.fake.received()[0]?.action).toBe('generateContent')
  })

  test('that fails after an empty chunk ends with an error', async () => {
    const { status, events } = await stream('Say hello [[fake:delay-300 unknown-status]]')
    expect(status).toBe(200)
    expect(events.at(-1)).toContain('data: {"error":')
  })

  test('that fails at once has an error status', async () => {
    const { status, events } = await stream('')
    expect(status).toBe(400)
    expect(events[0]).toContain('"param":"messages"')
  })
})
