import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { errorOf, postChat } from './testing/chat-client.ts'
import { startTestGateway, token, type TestGateway } from '../testing/test-gateway.ts'

let gateway: TestGateway
let client: OpenAI
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { SEARCH_MODELS: 'gemini-3.8-flash' } })
  client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
})
beforeEach(() => gateway.fake.clearReceived())
afterAll(() => gateway.close())

const model = 'gemini-3.8-flash'
const messages = [{ role: 'user' as const, content: 'Say hello' }]
/** A prompt that makes fake Gemini misbehave. */
const misbehave = (orders: string) => [
  { role: 'user' as const, content: `Say hello [[fake:${orders}]]` },
]
const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    },
  },
}
const clock = {
  type: 'function' as const,
  function: { name: 'get_time', parameters: { type: 'object', properties: {} } },
}
const bothTools = [{ role: 'user' as const, content: 'get_weather and get_time, at once' }]

describe('the official client', () => {
  test('gets an answer with its usage', async () => {
    const answer = await client.chat.completions.create({ model, messages })
    expect(answer.model).toBe(model)
    expect(answer.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop' })
    expect(answer.choices[0]?.message.content).toBeTruthy()
    const { usage } = answer
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0))
    expect(usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0)
  })

  test('gets a stream with the same content, and with usage when it asks for it', async () => {
    const whole = await client.chat.completions.create({ model, messages })
    const stream = await client.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks: OpenAI.ChatCompletionChunk[] = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant')
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: expect.any(Number) },
    })
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  })

  test('gets thoughts as reasoning_content', async () => {
    const stream = client.chat.completions.stream({ model, messages, reasoning_effort: 'high' })
    let reasoning = ''
    for await (const { choices } of stream) {
      const delta: object = choices[0]?.delta ?? {}
      if ('reasoning_content' in delta) reasoning += String(delta.reasoning_content)
    }
    expect(reasoning).toContain('Considering')
    const answer = await stream.finalChatCompletion()
    expect(answer.choices[0]?.message.content).not.toContain('Considering')
  })

  test('calls tools in parallel and over several turns, although it drops unknown fields', async () => {
    const first = await client.chat.completions.create({
      model,
      messages: bothTools,
      tools: [weather, clock],
    })
    const { message } = first.choices[0] ?? {}
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    expect(message?.tool_calls).toHaveLength(2)
    // Most clients keep only the fields that OpenAI defines.
    const plain = (message?.tool_calls ?? []).flatMap((call) =>
      call.type === 'function' ? [{ id: call.id, type: call.type, function: call.function }] : [],
    )
    const second = await client.chat.completions.create({
      model,
      tools: [weather, clock],
      messages: [
        ...bothTools,
        { role: 'assistant', content: null, tool_calls: plain },
        ...plain.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'fine' })),
      ],
    })
    expect(second.choices[0]?.message.content).toBeTruthy()
    // The original signature, not the dummy.
    const sent = JSON.stringify(gateway.received().at(-1))
    expect(sent).toContain('"thoughtSignature"')
    expect(sent).not.toContain('skip_thought_signature_validator')
  })

  test('runs tools automatically', async () => {
    const calledWith: unknown[] = []
    const runner = client.chat.completions.runTools({
      model,
      messages: [{ role: 'user', content: 'get_weather, then tell me' }],
      tools: [
        {
          type: 'function',
          function: {
            ...weather.function,
            parse: JSON.parse,
            function: (args: object) => {
              calledWith.push(args)
              return 'Sunny.'
            },
          },
        },
      ],
    })
    expect(await runner.finalContent()).toBeTruthy()
    expect(calledWith).toEqual([{ city: expect.any(String) }])
  })

  test('gets streamed calls with complete arguments', async () => {
    const stream = client.chat.completions.stream({
      model,
      messages: bothTools,
      tools: [weather, clock],
    })
    const { choices } = await stream.finalChatCompletion()
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    const calls = choices[0]?.message.tool_calls ?? []
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
    for (const call of calls) expect(JSON.parse(call.function.arguments)).toBeTypeOf('object')
  })

  test('can force a tool call', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages,
      tools: [weather, clock],
      tool_choice: { type: 'function', function: { name: 'get_time' } },
    })
    const calls = answer.choices[0]?.message.tool_calls ?? []
    expect(calls.map((call) => (call.type === 'function' ? call.function.name : ''))).toEqual([
      'get_time',
    ])
  })

  test('parses an answer with its schema', async () => {
    const shape = z.object({
      name: z.string(),
      kind: z.literal('city'),
      size: z.number().nullable(),
    })
    const answer = await client.chat.completions.parse({
      model,
      messages,
      response_format: zodResponseFormat(shape, 'place'),
    })
    expect(answer.choices[0]?.message.parsed).toMatchObject({ kind: 'city' })
  })

  test('gets several choices from a model that returns one per call', async () => {
    const answer = await client.chat.completions.create({ model, messages, n: 3 })
    expect(answer.choices.map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
      [0, 'stop'],
      [1, 'stop'],
      [2, 'stop'],
    ])
    expect(gateway.received()).toHaveLength(3)
  })

  test('sends inline and remote images', async () => {
    await client.chat.completions.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
            { type: 'image_url', image_url: { url: 'https://images.example/a.png' } },
          ],
        },
      ],
    })
    expect(JSON.stringify(gateway.received()[0]).match(/inlineData/g)).toHaveLength(2)
  })

  test('gets images as markdown', async () => {
    const answer = await client.chat.completions.create({
      model: 'gemini-3.1-flash-image',
      messages,
    })
    expect(answer.choices[0]?.message.content).toContain('![image](data:image/png;base64,')
  })

  test('gets the sources of a search', async () => {
    const answer = await client.chat.completions.create({ model: `${model}-search`, messages })
    expect(answer.model).toBe(`${model}-search`)
    expect(answer.choices[0]?.message.content).toContain('**【引用来源】**')
    expect(answer.choices[0]?.message.annotations?.[0]?.type).toBe('url_citation')
  })

  test('gets one answer when Google splits a long one', async () => {
    const stream = client.chat.completions.stream({
      model,
      messages: misbehave('continuation-2'),
    })
    const { choices } = await stream.finalChatCompletion()
    expect(choices[0]?.finish_reason).toBe('stop')
    const tokens = gateway.received().map((body) => typeof body['continuationToken'])
    expect(tokens).toEqual(['undefined', 'string', 'string'])
  })

  test('gets embeddings with the requested size and encoding', async () => {
    const input = ['one', 'two', 'three']
    const { data } = await client.embeddings.create({
      model: 'gemini-embedding-2',
      input,
      dimensions: 256,
    })
    expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 256],
      [1, 256],
      [2, 256],
    ])
    const floats = await client.embeddings.create({
      model: 'gemini-embedding-2',
      input: 'one',
      dimensions: 256,
      encoding_format: 'float',
    })
    const first = data[0]?.embedding ?? []
    for (const [index, value] of (floats.data[0]?.embedding ?? []).entries()) {
      expect(first[index]).toBeCloseTo(value, 5)
    }
  })

  test('gets embeddings for more inputs than one call takes', async () => {
    const input = Array.from({ length: 201 }, (_, index) => `text ${index}`)
    const { data } = await client.embeddings.create({ model: 'gemini-embedding-2', input })
    expect(data).toHaveLength(201)
    expect(gateway.received()).toHaveLength(3)
  })

  test('lists models with their variants and retrieves one', async () => {
    const ids = []
    for await (const { id } of client.models.list()) ids.push(id)
    expect(ids[ids.indexOf(model) + 1]).toBe(`${model}-search`)
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model' })
    expect((await errorOf(client.models.retrieve('nobody'))).status).toBe(404)
  })
})

describe('a failure', () => {
  test('of an invalid request is a 400 with the field', async () => {
    const wrong = [{ role: 'tool' as const, tool_call_id: 'x', content: '' }]
    const error = await errorOf(client.chat.completions.create({ model, messages: wrong }))
    expect(error).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param: 'messages[0].tool_call_id',
    })
  })

  test('of an unknown token is a 401', async () => {
    const stranger = new OpenAI({ apiKey: 'x', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
    const error = await errorOf(stranger.models.list())
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key' })
  })

  test.each([
    ['safety', 'content_filter'],
    ['blocked-prompt', 'content_filter'],
    ['unknown-finish', 'length'],
    ['max-tokens-empty', 'length'],
  ])('%s ends an answer with finish_reason %s', async (name, reason) => {
    const answer = await client.chat.completions.create({ model, messages: misbehave(name) })
    expect(answer.choices[0]?.finish_reason).toBe(reason)
  })

  test.each([
    ['malformed-function-call', /MALFORMED_FUNCTION_CALL\. Malformed function call: print/],
    ['unexpected-tool-call', /UNEXPECTED_TOOL_CALL/],
  ])("%s without content is an error with Google's words", async (name, words) => {
    const request = { model, messages: misbehave(name) }
    const whole = await errorOf(client.chat.completions.create(request))
    expect(whole).toMatchObject({ status: 502, message: expect.stringMatching(words) })
    const { text } = await postChat(gateway, { ...request, stream: true })
    expect(text).toMatch(words)
    expect(text).not.toMatch(/"finish_reason":"|\[DONE\]/)
  })

  test.each(['cut-after-2', 'error-after-2'])(
    '%s in a stream has no finish_reason',
    async (name) => {
      const { text } = await postChat(gateway, {
        model,
        messages: misbehave(`${name} chunks-9`),
        stream: true,
      })
      expect(text).toMatch(/data: \{"error":\{.*\}\}\n\n$/)
      expect(text).not.toContain('[DONE]')
      expect(text).not.toContain('"finish_reason":"stop"')
    },
  )

  test('within a stream is thrown by the client', async () => {
    const stream = client.chat.completions.stream({
      model,
      messages: misbehave('error-after-2 chunks-9'),
    })
    await expect(stream.finalChatCompletion()).rejects.toThrow(/demand|overloaded|unavailable/i)
  })

  test('caused by the signature of another project is repaired', async () => {
    const foreign = { google: { thought_signature: 'Zm9yZWlnbg==' } }
    const call = {
      id: 'call_1',
      type: 'function' as const,
      function: { name: 'get_time', arguments: '{}' },
      extra_content: foreign,
    }
    const answer = await client.chat.completions.create({
      model,
      tools: [clock],
      messages: [
        ...messages,
        { role: 'assistant', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: 'noon' },
      ],
    })
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    const bodies = gateway.received().map((body) => JSON.stringify(body))
    expect(bodies).toHaveLength(2)
    expect(bodies[0]).toContain('Zm9yZWlnbg==')
    expect(bodies[1]).toContain('skip_thought_signature_validator')
  })

  test('to translate a field is reported in a header', async () => {
    const { response } = await client.chat.completions
      .create({ model, messages, logit_bias: { 1: 1 }, user: 'ann' })
      .withResponse()
    expect(response.headers.get('x-gemini-balance-dropped')).toBe('logit_bias, user')
  })

  test('of the client to stay connected closes the call to Google', async () => {
    const leaving = new AbortController()
    const stream = await client.chat.completions.create(
      { model, messages: misbehave('hang-after-2 chunks-9'), stream: true },
      { signal: leaving.signal },
    )
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) leaving.abort()
    }
    await expect.poll(() => gateway.fake.activeCalls()).toBe(0)
  })
})

describe('/v1/models', () => {
  const list = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(gateway.url + path, { headers })
    return Object(await response.json())
  }

  test('answers in the dialect of the credential', async () => {
    const bearer = await list('/v1/models', { authorization: `Bearer ${token}` })
    expect(bearer).toMatchObject({ object: 'list', success: true })
    const google = await list('/v1/models', { 'x-goog-api-key': token })
    expect(google).toHaveProperty('models')
    expect(await list(`/v1/models?key=${token}`, {})).toHaveProperty('models')
    expect(await list(`/v1/models/${model}?key=${token}`, {})).toHaveProperty('displayName')
  })

  test('is the same under /hf/v1', async () => {
    const answer = await list('/hf/v1/models', { authorization: `Bearer ${token}` })
    expect(answer).toMatchObject({ object: 'list', success: true })
  })
})
