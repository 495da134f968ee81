import { afterEach, describe, expect, test } from 'vitest'
import { startTestGateway, token, type TestGateway } from '../../testing/test-gateway.ts'
import { postChat } from '../testing/chat-client.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const model = 'gemini-2.5-flash'
const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
}
const response_format = { type: 'json_schema', json_schema: { name: 'trip', schema } }
const tools = [{ type: 'function', function: { name: 'book_room', parameters: {} } }]
const asking = (content: string) => ({
  model,
  response_format,
  tools,
  messages: [{ role: 'user', content }],
})
const booked = {
  ...asking('hi'),
  messages: [
    { role: 'user', content: 'Plan a trip' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'book_room', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'a', content: '{"room":7}' },
  ],
}

async function post(body: object, settings = {}) {
  gateway = await startTestGateway({ settings })
  return postChat(gateway, body)
}

/** The text and the finish reason of a whole answer, or of a stream. */
function answerIn(text: string) {
  if (!text.startsWith('data:') && !text.startsWith(':')) {
    const { choices, usage } = JSON.parse(text)
    const [{ message, finish_reason: reason }] = choices
    return { content: message.content, calls: message.tool_calls, reason, usage }
  }
  const chunks = text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice('data: '.length)))
  const deltas = chunks.flatMap(({ choices }) => choices ?? [])
  return {
    content: deltas.map(({ delta }) => delta.content ?? '').join(''),
    calls: deltas.flatMap(({ delta }) => delta.tool_calls ?? []),
    reason: deltas.at(-1)?.finish_reason,
    usage: chunks.at(-1)?.usage,
  }
}

const modes: readonly (readonly [string, object])[] = [
  ['whole', {}],
  ['streamed', { stream: true, stream_options: { include_usage: true } }],
]

describe.each(modes)('JSON beside tools of Gemini 2.5, %s', (_mode, streaming) => {
  test('is asked for in words, and the tools stay', async () => {
    await post({ ...asking('[[fake:fenced-json]]'), ...streaming })
    const [sent] = gateway.received()
    expect(sent?.['tools']).toHaveLength(1)
    expect(sent).not.toHaveProperty('generationConfig.responseMimeType')
    expect(JSON.stringify(sent?.['systemInstruction'])).toContain('required')
  })

  test('comes without the Markdown fence around it', async () => {
    const { text } = await post({ ...asking('[[fake:fenced-json]]'), ...streaming })
    expect(answerIn(text)).toMatchObject({
      content: '{"city": "Paris", "days": 3}',
      reason: 'stop',
    })
    expect(gateway.received()).toHaveLength(1)
  })

  test('lets a tool call pass', async () => {
    const { text } = await post({ ...asking('Please book_room'), ...streaming })
    const { calls, reason } = answerIn(text)
    expect([calls.length, reason]).toEqual([1, 'tool_calls'])
    expect(gateway.received()).toHaveLength(1)
  })

  test('is asked for once more, without tools, where the answer is text', async () => {
    const { text } = await post({ ...booked, ...streaming })
    const { content, reason, usage } = answerIn(text)
    expect(Object.keys(JSON.parse(content)).toSorted()).toEqual(['city', 'days'])
    expect(reason).toBe('stop')
    const [first, second, ...more] = gateway.received()
    expect(more).toEqual([])
    expect(second).not.toHaveProperty('tools')
    expect(second).not.toHaveProperty('toolConfig')
    expect(second).toHaveProperty('generationConfig.responseJsonSchema')
    expect(Object(second)['contents'].slice(0, -2)).toEqual(first?.['contents'])
    const prompts = gateway.reports.map(({ usage: one }) => one?.prompt ?? 0)
    expect(usage.prompt_tokens).toBe(prompts.reduce((sum, one) => sum + one, 0))
  })

  test('is an error where the model answers with text again', async () => {
    gateway = await startTestGateway()
    const words = { text: 'In words.' }
    const answer = { candidates: [{ content: { parts: [words] }, finishReason: 'STOP', index: 0 }] }
    const isStream = 'stream' in streaming
    gateway.fake.script({
      headers: { 'content-type': isStream ? 'text/event-stream' : 'application/json' },
      body: isStream ? `data: ${JSON.stringify(answer)}\r\n\r\n` : JSON.stringify(answer),
    })
    const { status, text } = await postChat(gateway, { ...asking('hi'), ...streaming })
    expect(status).toBe(502)
    const { error } = JSON.parse(text)
    expect(error.type).toBe('server_error')
    expect(error.message).toContain('did not answer with the JSON')
    expect(gateway.received()).toHaveLength(2)
  })

  test('is not asked for again where the answer ends at its limit', async () => {
    const { text } = await post({ ...asking('Say a lot'), ...streaming, max_tokens: 3 })
    expect(answerIn(text).reason).toBe('length')
    expect(gateway.received()).toHaveLength(1)
  })

  test('is checked for each choice, and each has the tools', async () => {
    const { text } = await post({ ...asking('hi'), ...streaming, n: 2 })
    expect(text).toContain('"index":1')
    expect(gateway.received().map((sent) => 'tools' in sent)).toEqual([true, false, true, false])
  })

  test('waits for the rest of an answer in segments', async () => {
    const { status } = await post({
      ...asking('hi [[fake:continuation fenced-json]]'),
      ...streaming,
    })
    expect(status).toBe(200)
    expect(gateway.received()[1]).toHaveProperty('continuationToken')
  })

  test('that breaks off is an error before any text', async () => {
    const { status, text, isCut } = await post({
      ...asking('hi [[fake:chunks-4 cut-after-2]]'),
      ...streaming,
    })
    expect([status, isCut]).toEqual([503, false])
    expect(text).not.toContain('You said')
  })
})

test('a stream is paced after the answer is whole', async () => {
  const { text } = await post(
    { ...asking('[[fake:fenced-json]]'), stream: true },
    { streamOptimizerEnabled: true, streamChunkSize: 4, streamLongTextThreshold: 5 },
  )
  expect(text.match(/"content":"[^"]/g)?.length).toBeGreaterThan(2)
})

describe('where tool_choice is none', () => {
  test('the schema wins, and the tools are said to be dropped', async () => {
    gateway = await startTestGateway()
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ ...booked, tool_choice: 'none' }),
    })
    expect(response.headers.get('x-gemini-balance-dropped')).toBe('tools')
    const { content } = answerIn(await response.text())
    expect(Object.keys(JSON.parse(content)).toSorted()).toEqual(['city', 'days'])
    const [sent, ...more] = gateway.received()
    expect(more).toEqual([])
    expect(sent).not.toHaveProperty('tools')
    expect(sent).not.toHaveProperty('toolConfig')
    expect(JSON.stringify(sent?.['contents'])).toContain('functionResponse')
  })
})

test('Gemini 3 takes both at once', async () => {
  const { status } = await post({ ...asking('hi'), model: 'gemini-3.8-flash' })
  expect(status).toBe(200)
  const [sent] = gateway.received()
  expect(sent).toHaveProperty('generationConfig.responseJsonSchema')
  expect(sent?.['tools']).toHaveLength(1)
  expect(sent).not.toHaveProperty('systemInstruction')
})
