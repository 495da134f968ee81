import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import type { Settings } from '@gemini-balance/contract'
import { startTestGateway, token, type TestGateway } from '../../testing/test-gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const model = 'gemini-3.8-flash'
const optimized = {
  streamOptimizerEnabled: true,
  streamMinDelay: 0.001,
  streamMaxDelay: 0.001,
  streamShortTextThreshold: 10,
  streamLongTextThreshold: 50,
  streamChunkSize: 5,
}

async function open(settings: Partial<Settings>): Promise<OpenAI> {
  gateway = await startTestGateway({ settings })
  return new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
}

async function read(client: OpenAI, content: string, more: object = {}) {
  const stream = await client.chat.completions.create({
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content }],
    ...more,
  })
  const chunks: OpenAI.ChatCompletionChunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  const texts = chunks.flatMap((chunk) => chunk.choices[0]?.delta.content ?? [])
  return { chunks, texts, text: texts.join('') }
}

describe('a stream at an even pace', () => {
  test('has the same content in smaller pieces, with its end after its text', async () => {
    const plain = await read(await open({}), 'Say hello [[fake:bytes-60]]')
    await gateway.close()
    const paced = await read(await open(optimized), 'Say hello [[fake:bytes-60]]')
    expect(paced.text).toBe(plain.text)
    expect(paced.texts.length).toBeGreaterThan(plain.texts.length)
    expect(Math.max(...paced.texts.map(({ length }) => length))).toBe(5)
    expect(paced.chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
    expect(paced.chunks.at(-1)?.usage).toEqual(plain.chunks.at(-1)?.usage)
  })

  test('follows changes of the settings', async () => {
    const settings = { ...optimized }
    const client = await open(settings)
    settings.streamChunkSize = 40
    const { texts } = await read(client, 'Say hello [[fake:bytes-60]]')
    expect(Math.max(...texts.map(({ length }) => length))).toBe(40)
  })

  test('does not split tool calls', async () => {
    const { chunks } = await read(await open(optimized), 'get_time', {
      tools: [{ type: 'function', function: { name: 'get_time' } }],
    })
    const calls = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])
    expect(calls.map((call) => call.function?.name)).toEqual(['get_time'])
  })

  test('that breaks sends all received content before the error', async () => {
    const client = await open(optimized)
    const seen: string[] = []
    const stream = client.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: 'Say hello [[fake:bytes-60 error-after-2]]' }],
    })
    stream.on('content', (text) => seen.push(text))
    await expect(stream.finalChatCompletion()).rejects.toThrow()
    expect(seen.join('').length).toBeGreaterThan(59)
  })

  test('ends when its client disconnects, even with queued text', async () => {
    const client = await open({ ...optimized, streamMinDelay: 1, streamMaxDelay: 1 })
    const leaving = new AbortController()
    const stream = await client.chat.completions.create(
      {
        model,
        stream: true,
        messages: [{ role: 'user', content: 'Say [[fake:hang-after-2 chunks-9]]' }],
      },
      { signal: leaving.signal },
    )
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) leaving.abort()
    await expect.poll(() => gateway.fake.activeCalls()).toBe(0)
  })
})
