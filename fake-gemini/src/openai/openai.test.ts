import { describe, expect, test } from 'vitest'
import type { FakeOptions } from '../options.ts'
import { startForTest } from '../testing/send-request.ts'

const key = 'AIza-standard'
const base = '/v1beta/openai'
const model = 'gemini-3.8-flash'
const userMessage = (content: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content }],
  ...more,
})
const bearer = { authorization: `Bearer ${key}` }

async function start(options: FakeOptions = {}) {
  const fake = await startForTest({
    projects: [{ id: 'p', tier: 'paid1', keys: [key, 'AQ.new'] }],
    ...options,
  })
  const send = async (path: string, body?: object, headers: Record<string, string> = bearer) => {
    const response = await fetch(fake.url + base + path, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, text, json: text.startsWith('data:') ? [] : JSON.parse(text) }
  }
  return { fake, send }
}

const eventsOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice('data: '.length)))

describe('credentials', () => {
  test.each([
    ['only a key in Google’s header', { 'x-goog-api-key': key }, 'Missing or invalid'],
    ['two credentials', { ...bearer, 'x-goog-api-key': key }, 'Multiple authentication'],
    ['a key of the new kind', { authorization: 'Bearer AQ.new' }, 'Multiple authentication'],
    ['an organization', { ...bearer, 'openai-organization': 'o' }, 'Multiple authentication'],
  ])('%s is rejected, with the error in a list', async (_name, headers, words) => {
    const { send } = await start()
    const { status, json } = await send('/chat/completions', userMessage('Hello'), headers)
    expect(status).toBe(400)
    expect(json).toMatchObject([{ error: { message: expect.stringContaining(words) } }])
  })

  test('an unusable key is rejected as everywhere', async () => {
    const { fake, send } = await start()
    fake.setKeyState(key, 'leaked')
    expect(await send('/chat/completions', userMessage('Hello'))).toMatchObject({
      status: 403,
      json: [{ error: { status: 'PERMISSION_DENIED' } }],
    })
  })
})

describe('chat', () => {
  test('returns the answer of generateContent', async () => {
    const { send } = await start()
    const { json } = await send(
      '/chat/completions',
      userMessage('Hello', { model: `models/${model}` }),
    )
    expect(json).toMatchObject({
      object: 'chat.completion',
      model,
      choices: [{ index: 0, finish_reason: 'stop', message: { content: 'You said: Hello' } }],
    })
    const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: all } = json.usage
    expect(all).toBeGreaterThan(prompt + completion)
  })

  test('puts thoughts between tags, and closes them with the next text', async () => {
    const { send } = await start()
    const extra = { extra_body: { google: { thinking_config: { include_thoughts: true } } } }
    const { text } = await send(
      '/chat/completions',
      userMessage('Hello', { ...extra, stream: true }),
    )
    const deltas = eventsOf(text).map(({ choices }) => Object(choices)[0].delta)
    expect(deltas[0]).toMatchObject({
      content: expect.stringMatching(/^<thought>/),
      extra_content: { google: { thought: true } },
    })
    expect(deltas[1].content).toMatch(/^<\/thought>You/)
    expect(deltas[1].extra_content?.google?.thought).toBeUndefined()
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    const whole = await send('/chat/completions', userMessage('Hello', extra))
    expect(whole.json.choices[0].message.content).toMatch(/^<thought>.*<\/thought>You said/s)
  })

  test('signs tool calls, and requires the signature back', async () => {
    const { send } = await start()
    const tools = [{ type: 'function', function: { name: 'look_up', parameters: {} } }]
    const asked = userMessage('Please look up', { tools })
    const { json } = await send('/chat/completions', asked)
    const { message, finish_reason: finish } = json.choices[0]
    expect(finish).toBe('tool_calls')
    const [call] = message.tool_calls
    expect(call.extra_content.google.thought_signature).toEqual(expect.any(String))
    const result = { role: 'tool', tool_call_id: call.id, content: 'found' }
    const again = (calls: object[]) => ({
      ...asked,
      messages: [...asked.messages, { ...message, tool_calls: calls }, result],
    })
    const { extra_content: _lost, ...unsigned } = call
    expect((await send('/chat/completions', again([call]))).status).toBe(200)
    expect(await send('/chat/completions', again([unsigned]))).toMatchObject({
      status: 400,
      json: [{ error: { message: expect.stringContaining('thought_signature') } }],
    })
  })

  test.each([
    ['an unknown name', { logit_bias: {} }, 'Unknown name "logit_bias"'],
    ['top_k', { top_k: 4 }, 'Unknown name "top_k"'],
    [
      'two ways to say how long to think',
      { reasoning_effort: 'low', extra_body: { google: { thinking_config: {} } } },
      'found both',
    ],
    ['an effort that the model does not have', { reasoning_effort: 'none' }, 'reasoning_effort'],
  ])('rejects %s', async (_name, more, words) => {
    const { send } = await start()
    expect(await send('/chat/completions', userMessage('Hello', more))).toMatchObject({
      status: 400,
      json: [{ error: { message: expect.stringContaining(words) } }],
    })
  })

  test('misbehaves on demand: an error event in a list, without `[DONE]`', async () => {
    const { send } = await start()
    const asked = userMessage('Hello [[fake:error-after-1]]', { stream: true })
    const { text } = await send('/chat/completions', asked)
    expect(text).toContain('data: [{"error":{"code":503')
    expect(text).not.toContain('[DONE]')
  })

  test('shares the quota of generateContent', async () => {
    const quotas = { [model]: { rpd: 1 } }
    const { fake, send } = await start({ projects: [{ id: 'p', keys: [key], quotas }] })
    const native = await fetch(`${fake.url}/v1beta/models/${model}:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': key },
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }),
    })
    expect(native.status).toBe(200)
    expect(await send('/chat/completions', userMessage('Hello'))).toMatchObject({
      status: 429,
      json: [{ error: { status: 'RESOURCE_EXHAUSTED' } }],
    })
  })
})

test('embeddings are returned for texts', async () => {
  const { send } = await start()
  const asked = { model: 'gemini-embedding-2', input: ['a', 'b'], dimensions: 8 }
  const { json } = await send('/embeddings', asked)
  expect(json).toMatchObject({ object: 'list', data: [{ index: 0 }, { index: 1 }] })
  expect(json.data[1].embedding).toHaveLength(8)
  const packed = await send('/embeddings', { ...asked, encoding_format: 'base64' })
  expect(Buffer.from(packed.json.data[0].embedding, 'base64')).toHaveLength(32)
})

test('images are returned in the requested number', async () => {
  const { send } = await start()
  const asked = { model: 'gemini-3.1-flash-image', prompt: 'a cat', n: 2 }
  const { json } = await send('/images/generations', asked)
  expect(json.data).toEqual([{ b64_json: expect.any(String) }, { b64_json: expect.any(String) }])
})

test('models have a prefix in lists, and are found with and without it', async () => {
  const { send } = await start()
  const { json } = await send('/models')
  expect(json.data).toContainEqual(expect.objectContaining({ id: `models/${model}` }))
  for (const id of [model, `models/${model}`]) {
    expect((await send(`/models/${id}`)).json).toMatchObject({ id: `models/${model}` })
  }
  expect((await send('/models/nothing')).status).toBe(404)
})
