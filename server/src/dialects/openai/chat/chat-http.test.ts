import OpenAI, { APIError } from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Settings } from '@gemini-balance/contract'
import { startTestGateway, token, type TestGateway } from '../../testing/test-gateway.ts'

let gateway: TestGateway
let client: OpenAI

async function open(settings: Partial<Settings> = {}): Promise<void> {
  gateway = await startTestGateway({ settings, environment: { SEARCH_MODELS: 'gemini-3.8-flash' } })
  client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
}
afterEach(() => gateway.close())

const model = 'gemini-3.8-flash'
const says = (content: string) => [{ role: 'user' as const, content }]
const clock = { type: 'function' as const, function: { name: 'get_time' } }

async function streamOf(content: string, more: object = {}) {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model, stream: true, messages: says(content), ...more }),
  })
  const bytes: Buffer[] = []
  let isCut = false
  try {
    for await (const chunk of response.body ?? []) bytes.push(Buffer.from(chunk))
  } catch {
    isCut = true
  }
  return { status: response.status, text: Buffer.concat(bytes).toString('utf8'), isCut }
}

async function refusalOf(asked: Promise<unknown>): Promise<APIError> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof APIError) return error
  throw new Error('It was answered.')
}

describe('a stream that is long in coming', () => {
  beforeEach(() => open({ streamKeepAliveSeconds: 0.05 }))

  test('says that it is alive before its first chunk, in a way that clients pass over', async () => {
    const { status, text } = await streamOf('Say hello [[fake:delay-400]]')
    expect(status).toBe(200)
    expect(text).toMatch(/^: keep-alive\n\n/)
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
    const stream = client.chat.completions.stream({
      model,
      messages: says('Say hello [[fake:delay-400]]'),
    })
    expect((await stream.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop')
  })

  test('says what went wrong in itself, when it has said that it is alive', async () => {
    const { status, text, isCut } = await streamOf('Say hello [[fake:delay-400 unknown-status]]')
    expect([status, isCut]).toEqual([200, true])
    expect(text).toMatch(/data: \{"error":\{.*\}\}\n\n$/)
    expect(text).not.toContain('[DONE]')
  })

  test('fails with its status as long as it has said nothing', async () => {
    const { status, text } = await streamOf('')
    expect(status).toBe(400)
    expect(JSON.parse(text)).toHaveProperty('error.param', 'messages')
  })
})

describe('what is not as it was asked for', () => {
  beforeEach(() => open())

  const droppedOf = async (body: object) => {
    const asked = { model, messages: says('Say hello'), ...body }
    const { response } = await client.chat.completions.create(asked).withResponse()
    return response.headers.get('x-gemini-balance-dropped')
  }

  test('is said of a search that functions exclude', async () => {
    expect(await droppedOf({ model: `${model}-search`, tools: [clock] })).toBe('model(-search)')
    expect(await droppedOf({ model: `${model}-search` })).toBeNull()
    const json = { response_format: { type: 'json_object' } }
    expect(await droppedOf({ model: `${model}-search`, ...json })).toBe('model(-search)')
  })

  test('is said of an effort that the model has not', async () => {
    expect(await droppedOf({ reasoning_effort: 'none' })).toBe('reasoning_effort')
    expect(await droppedOf({ reasoning_effort: 'low' })).toBeNull()
  })

  test('is said of an answer that was begun for the model', async () => {
    const begun = [...says('Say hello'), { role: 'assistant' as const, content: 'Hel' }]
    expect(await droppedOf({ messages: begun })).toBe('messages[1]')
    expect(await droppedOf({ messages: begun, model: 'gemini-2.5-flash' })).toBeNull()
  })
})

describe('several answers', () => {
  beforeEach(() => open())

  test('come as one stream from a model that gives one at a time, with all that they took', async () => {
    const usageAsked = { messages: says('Say hello'), stream_options: { include_usage: true } }
    const one = await client.chat.completions.stream({ model, ...usageAsked }).finalChatCompletion()
    gateway.fake.clearReceived()
    const chunks: OpenAI.ChatCompletionChunk[] = []
    const stream = await client.chat.completions.create({
      model,
      n: 2,
      stream: true,
      ...usageAsked,
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

  test('come of one call from a model that gives several', async () => {
    const answer = await client.chat.completions.create({
      model: 'gemini-2.5-flash',
      n: 2,
      messages: says('Say hello'),
    })
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1])
    expect(gateway.received()).toHaveLength(1)
  })

  test('are an error when one of them is', async () => {
    const answer = { candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }] }
    gateway.fake.script({ times: 1, body: JSON.stringify(answer) })
    gateway.fake.script({
      status: 400,
      body: JSON.stringify({ error: { code: 400, message: 'No.', status: 'INVALID_ARGUMENT' } }),
    })
    const asked = client.chat.completions.create({ model, n: 2, messages: says('Say hello') })
    expect(await refusalOf(asked)).toMatchObject({ status: 400, message: '400 No.' })
  })
})

describe('an answer that Google gives in pieces', () => {
  beforeEach(() => open())

  test('is one whole answer, with what all of them took', async () => {
    const plain = await client.chat.completions.create({ model, messages: says('Say hello') })
    gateway.fake.clearReceived()
    const answer = await client.chat.completions.create({
      model,
      messages: says('Say hello [[fake:continuation-2]]'),
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
      messages: says('Say hello [[fake:continuation-2]]'),
    })
    const { choices } = await streamed.finalChatCompletion()
    expect(choices[0]?.message.content).toBe(answer.choices[0]?.message.content)
  })

  test('is cut when the next piece cannot be had, and never called finished', async () => {
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

describe('a signature that Google cannot read', () => {
  beforeEach(() => open())

  const conversation = [
    ...says('Say hello'),
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

  test('is repaired in streams too, and nobody sees it', async () => {
    const stream = client.chat.completions.stream({ model, tools: [clock], messages: conversation })
    expect((await stream.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop')
    const bodies = gateway.received().map((body) => JSON.stringify(body))
    expect(bodies.map((body) => body.includes('skip_thought_signature_validator'))).toEqual([
      false,
      true,
    ])
  })

  test('is repaired once, and then told', async () => {
    const error = { code: 400, message: 'Corrupted thought signature.', status: 'INVALID_ARGUMENT' }
    gateway.fake.script({ status: 400, body: JSON.stringify({ error }) })
    const asked = client.chat.completions.create({ model, tools: [clock], messages: conversation })
    expect(await refusalOf(asked)).toMatchObject({ status: 400, type: 'invalid_request_error' })
    expect(gateway.received()).toHaveLength(2)
  })
})
