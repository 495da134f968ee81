import { describe, expect, test } from 'vitest'
import type { FakeOptions } from '../options.ts'
import { startForTest } from '../testing/ask.ts'

const key = 'AIza-standard'
const base = '/v1beta/openai'
const model = 'gemini-3.8-flash'
const say = (content: string, more: object = {}) => ({
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
    ['a key in its own header alone', { 'x-goog-api-key': key }, 'Missing or invalid'],
    ['two credentials', { ...bearer, 'x-goog-api-key': key }, 'Multiple authentication'],
    ['a key of the new kind', { authorization: 'Bearer AQ.new' }, 'Multiple authentication'],
    ['an organization', { ...bearer, 'openai-organization': 'o' }, 'Multiple authentication'],
  ])('%s is refused, in a list', async (_name, headers, words) => {
    const { send } = await start()
    const { status, json } = await send('/chat/completions', say('Hello'), headers)
    expect(status).toBe(400)
    expect(json).toMatchObject([{ error: { message: expect.stringContaining(words) } }])
  })

  test('a dead key is refused like anywhere', async () => {
    const { fake, send } = await start()
    fake.setKeyState(key, 'leaked')
    expect(await send('/chat/completions', say('Hello'))).toMatchObject({
      status: 403,
      json: [{ error: { status: 'PERMISSION_DENIED' } }],
    })
  })
})

describe('chat', () => {
  test('gives the answer that generateContent gives', async () => {
    const { send } = await start()
    const { json } = await send('/chat/completions', say('Hello', { model: `models/${model}` }))
    expect(json).toMatchObject({
      object: 'chat.completion',
      model,
      choices: [{ index: 0, finish_reason: 'stop', message: { content: 'You said: Hello' } }],
    })
    const { prompt_tokens: prompt, completion_tokens: said, total_tokens: all } = json.usage
    expect(all).toBeGreaterThan(prompt + said)
  })

  test('puts thoughts between tags, and closes them with the first word of the answer', async () => {
    const { send } = await start()
    const extra = { extra_body: { google: { thinking_config: { include_thoughts: true } } } }
    const { text } = await send('/chat/completions', say('Hello', { ...extra, stream: true }))
    const deltas = eventsOf(text).map(({ choices }) => Object(choices)[0].delta)
    expect(deltas[0]).toMatchObject({
      content: expect.stringMatching(/^<thought>/),
      extra_content: { google: { thought: true } },
    })
    expect(deltas[1].content).toMatch(/^<\/thought>You/)
    expect(deltas[1].extra_content?.google?.thought).toBeUndefined()
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    const whole = await send('/chat/completions', say('Hello', extra))
    expect(whole.json.choices[0].message.content).toMatch(/^<thought>.*<\/thought>You said/s)
  })

  test('signs tool calls, and wants the signature back', async () => {
    const { send } = await start()
    const tools = [{ type: 'function', function: { name: 'look_up', parameters: {} } }]
    const asked = say('Please look up', { tools })
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
    ['an effort that the model has not', { reasoning_effort: 'none' }, 'reasoning_effort'],
  ])('refuses %s', async (_name, more, words) => {
    const { send } = await start()
    expect(await send('/chat/completions', say('Hello', more))).toMatchObject({
      status: 400,
      json: [{ error: { message: expect.stringContaining(words) } }],
    })
  })

  test('misbehaves as it is told to: an error event in a list, without an end', async () => {
    const { send } = await start()
    const asked = say('Hello [[fake:error-after-1]]', { stream: true })
    const { text } = await send('/chat/completions', asked)
    expect(text).toContain('data: [{"error":{"code":503')
    expect(text).not.toContain('[DONE]')
  })

  test('takes of the quota that generateContent takes of', async () => {
    const quotas = { [model]: { rpd: 1 } }
    const { fake, send } = await start({ projects: [{ id: 'p', keys: [key], quotas }] })
    const native = await fetch(`${fake.url}/v1beta/models/${model}:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': key },
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }),
    })
    expect(native.status).toBe(200)
    expect(await send('/chat/completions', say('Hello'))).toMatchObject({
      status: 429,
      json: [{ error: { status: 'RESOURCE_EXHAUSTED' } }],
    })
  })
})

test('texts become vectors', async () => {
  const { send } = await start()
  const asked = { model: 'gemini-embedding-2', input: ['a', 'b'], dimensions: 8 }
  const { json } = await send('/embeddings', asked)
  expect(json).toMatchObject({ object: 'list', data: [{ index: 0 }, { index: 1 }] })
  expect(json.data[1].embedding).toHaveLength(8)
  const packed = await send('/embeddings', { ...asked, encoding_format: 'base64' })
  expect(Buffer.from(packed.json.data[0].embedding, 'base64')).toHaveLength(32)
})

test('a prompt becomes as many pictures as are asked for', async () => {
  const { send } = await start()
  const asked = { model: 'gemini-3.1-flash-image', prompt: 'a cat', n: 2 }
  const { json } = await send('/images/generations', asked)
  expect(json.data).toEqual([{ b64_json: expect.any(String) }, { b64_json: expect.any(String) }])
})

test('models have their prefix in lists, and are found with it and without', async () => {
  const { send } = await start()
  const { json } = await send('/models')
  expect(json.data).toContainEqual(expect.objectContaining({ id: `models/${model}` }))
  for (const id of [model, `models/${model}`]) {
    expect((await send(`/models/${id}`)).json).toMatchObject({ id: `models/${model}` })
  }
  expect((await send('/models/nothing')).status).toBe(404)
})
