import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Settings } from '@gemini-balance/contract'
import { errorOf, postChat } from '../testing/chat-client.ts'
import { startTestGateway, token, type TestGateway } from '../../testing/test-gateway.ts'

let gateway: TestGateway
let client: OpenAI

async function open(settings: Partial<Settings> = {}): Promise<void> {
  gateway = await startTestGateway({ settings, environment: { SEARCH_MODELS: 'gemini-3.8-flash' } })
  client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
}
afterEach(() => gateway.close())

const model = 'gemini-3.8-flash'
const userMessages = (content: string) => [{ role: 'user' as const, content }]
const clock = { type: 'function' as const, function: { name: 'get_time' } }

const streamOf = (content: string) =>
  postChat(gateway, { model, stream: true, messages: userMessages(content) })

describe('a stream whose first chunk is late', () => {
  beforeEach(() => open({ streamKeepAliveSeconds: 0.05 }))

  test('starts with a keep-alive comment, which clients ignore', async () => {
    const { status, text } = await streamOf('Say hello [[fake:delay-400]]')
    expect(status).toBe(200)
    expect(text).toMatch(/^: keep-alive\n\n/)
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
    const stream = client.chat.completions.stream({
      model,
      messages: userMessages('Say hello [[fake:delay-400]]'),
    })
    expect((await stream.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop')
  })

  test('reports an error within the stream after a keep-alive', async () => {
    const { status, text, isCut } = await streamOf('Say hello [[fake:delay-400 unknown-status]]')
    expect([status, isCut]).toEqual([200, true])
    expect(text).toMatch(/data: \{"error":\{.*\}\}\n\n$/)
    expect(text).not.toContain('[DONE]')
  })

  test('fails with a status before the first byte', async () => {
    const { status, text } = await streamOf('')
    expect(status).toBe(400)
    expect(JSON.parse(text)).toHaveProperty('error.param', 'messages')
  })
})

describe('the header of dropped fields', () => {
  beforeEach(() => open())

  const droppedOf = async (body: object) => {
    const request = { model, messages: userMessages('Say hello'), ...body }
    const { response } = await client.chat.completions.create(request).withResponse()
    return response.headers.get('x-gemini-balance-dropped')
  }

  test('names a search that tools or JSON answers exclude', async () => {
    expect(await droppedOf({ model: `${model}-search`, tools: [clock] })).toBe('model(-search)')
    expect(await droppedOf({ model: `${model}-search` })).toBeNull()
    const json = { response_format: { type: 'json_object' } }
    expect(await droppedOf({ model: `${model}-search`, ...json })).toBe('model(-search)')
  })

  test('names an effort that the model does not have', async () => {
    expect(await droppedOf({ reasoning_effort: 'none' })).toBe('reasoning_effort')
    expect(await droppedOf({ reasoning_effort: 'low' })).toBeNull()
  })

  test('names a prefilled answer that the model does not continue', async () => {
    const prefilled = [...userMessages('Say hello'), { role: 'assistant' as const, content: 'Hel' }]
    expect(await droppedOf({ messages: prefilled })).toBe('messages[1]')
    expect(await droppedOf({ messages: prefilled, model: 'gemini-2.5-flash' })).toBeNull()
  })
})

describe('several choices', () => {
  beforeEach(() => open())

  test('are one stream, with the usage of all calls, when the model returns one per call', async () => {
    const withUsage = {
      messages: userMessages('Say hello'),
      stream_options: { include_usage: true },
    }
    const one = await client.chat.completions.stream({ model, ...withUsage }).finalChatCompletion()
    gateway.fake.clearReceived()
    const chunks: OpenAI.ChatCompletionChunk[] = []
    const stream = await client.chat.completions.create({
      model,
      n: 2,
      stream: true,
      ...withUsage,
    })
    for await (const chunk of stream) chunks.push(chunk)
    expect(gateway.received()).toHaveLength(2)
    const reasons = chunks.flatMap(({ choices }) =>
      choices.flatMap(({ index, finish_reason }) =>
        finish_reason ? [[index, finish_reason]] : [],
      ),
    )
    expect(reasons).toEqual([[0, 'stop'], [1, 'stop']]) // oxfmt-ignore
    const textOf = (index: number) =>
      chunks
        .flatMap(({ choices }) => choices.filter((choice) => choice.index === index))
        .map(({ delta }) => delta.content ?? '')
        .join('')
    expect(textOf(0)).toBe(one.choices[0]?.message.content)
    expect(textOf(1)).toBe(textOf(0))
    expect(chunks.at(-1)?.usage?.total_tokens).toBe(2 * (one.usage?.total_tokens ?? 0))
  })

  test('take one call when the model returns several', async () => {
    const answer = await client.chat.completions.create({
      model: 'gemini-2.5-flash',
      n: 2,
      messages: userMessages('Say hello'),
    })
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1])
    expect(gateway.received()).toHaveLength(1)
  })

  test('fail when one of them fails', async () => {
    const answer = { candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }] }
    gateway.fake.script({ times: 1, body: JSON.stringify(answer) })
    gateway.fake.script({
      status: 400,
      body: JSON.stringify({ error: { code: 400, message: 'No.', status: 'INVALID_ARGUMENT' } }),
    })
    const request = client.chat.completions.create({
      model,
      n: 2,
      messages: userMessages('Say hello'),
    })
    expect(await errorOf(request)).toMatchObject({ status: 400, message: '400 No.' })
  })
})

describe('an answer that Google splits', () => {
  beforeEach(() => open())

  test('is one answer with the usage of all calls', async () => {
    const plain = await client.chat.completions.create({
      model,
      messages: userMessages('Say hello'),
    })
    gateway.fake.clearReceived()
    const answer = await client.chat.completions.create({
      model,
      messages: userMessages('Say hello [[fake:continuation-2]]'),
    })
    expect(answer.choices).toHaveLength(1)
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    const { usage } = answer
    expect(usage?.total_tokens).toBeGreaterThan(2 * (plain.usage?.total_tokens ?? 0))
    expect(gateway.received().map((body) => 'continuationToken' in body)).toEqual([
      false,
      true,
      true,
    ])
    const streamed = client.chat.completions.stream({
      model,
      messages: userMessages('Say hello [[fake:continuation-2]]'),
    })
    const { choices } = await streamed.finalChatCompletion()
    expect(choices[0]?.message.content).toBe(answer.choices[0]?.message.content)
  })

  test('is cut, never finished, when the next call fails', async () => {
    const piece = {
      candidates: [
        {
          content: { parts: [{ text: 'a' }] },
          finishReason: 'CONTINUATION',
          continuationToken: 'next',
        },
      ],
    }
    gateway.fake.script({
      times: 1,
      headers: { 'content-type': 'text/event-stream' },
      body: `data: ${JSON.stringify(piece)}\n\n`,
    })
    gateway.fake.script({
      status: 400,
      body: JSON.stringify({ error: { code: 400, message: 'No.', status: 'INVALID_ARGUMENT' } }),
    })
    const { text, isCut } = await streamOf('Say hello')
    expect(isCut).toBe(true)
    expect(text).toContain('"content":"a"')
    expect(text).toMatch(/data: \{"error":\{"message":"No\.".*\}\}\n\n$/)
    expect(text).not.toMatch(/"finish_reason":"|\[DONE\]/)
  })
})

describe('a signature that Google refuses', () => {
  beforeEach(() => open())

  const conversation = [
    ...userMessages('Say hello'),
    {
      role: 'assistant' as const,
      tool_calls: [
        {
          id: 'call_1',
          type: 'function' as const,
          function: { name: 'get_time', arguments: '{}' },
          extra_content: { google: { thought_signature: 'Zm9yZWlnbg==' } },
        },
      ],
    },
    { role: 'tool' as const, tool_call_id: 'call_1', content: 'noon' },
  ]

  test('is replaced in streams too, unnoticed by the client', async () => {
    const stream = client.chat.completions.stream({ model, tools: [clock], messages: conversation })
    expect((await stream.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop')
    const bodies = gateway.received().map((body) => JSON.stringify(body))
    expect(bodies.map((body) => body.includes('skip_thought_signature_validator'))).toEqual([
      false,
      true,
    ])
  })

  test('is replaced once; a second refusal is an error', async () => {
    const error = { code: 400, message: 'Corrupted thought signature.', status: 'INVALID_ARGUMENT' }
    gateway.fake.script({ status: 400, body: JSON.stringify({ error }) })
    const request = client.chat.completions.create({
      model,
      tools: [clock],
      messages: conversation,
    })
    expect(await errorOf(request)).toMatchObject({ status: 400, type: 'invalid_request_error' })
    expect(gateway.received()).toHaveLength(2)
  })
})
