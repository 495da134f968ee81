import { describe, expect, test } from 'vitest'
import type { Framing, UpstreamCall } from '../../google/upstream-call.ts'
import { inspectorFor } from './inspectors.ts'

const call = (framing: Framing): UpstreamCall => ({
  method: 'POST',
  path: '/v1beta/openai/chat/completions',
  headers: {},
  body: [],
  framing,
  generates: true,
  usesResource: false,
  credential: 'bearer',
  shape: 'openai',
})
const inspect = (framing: Framing, status = 200) =>
  inspectorFor({ scrub: (text) => text }, call(framing), status)
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const event = (value: unknown) => Buffer.from(`data: ${JSON.stringify(value)}\n\n`)
const choice = (more: object) => ({ choices: [{ index: 0, ...more }] })
const delta = (more: object) => choice({ delta: { role: 'assistant', ...more } })
const overloaded = { error: { code: 503, message: 'Busy.', status: 'UNAVAILABLE' } }

describe('a whole answer', () => {
  test.each([
    ['answered', choice({ message: { content: 'hi' }, finish_reason: 'stop' })],
    ['answered', choice({ message: { tool_calls: [{ id: 'a' }] }, finish_reason: 'tool_calls' })],
    ['answered', choice({ message: { reasoning_content: 'hm' }, finish_reason: 'stop' })],
    ['answered', choice({ message: { role: 'assistant' }, finish_reason: 'length' })],
    ['answered', { object: 'list', data: [{ embedding: [1] }] }],
    ['answer-withheld', choice({ message: {}, finish_reason: 'content_filter: SAFETY' })],
    [
      'answer-empty',
      choice({ message: { role: 'assistant', content: '' }, finish_reason: 'stop' }),
    ],
    ['answer-empty', choice({ finish_reason: 'function_call_filter: MALFORMED_FUNCTION_CALL' })],
    ['answer-empty', { choices: [] }],
    ['answer-empty', { object: 'list', data: [] }],
    ['answer-empty', {}],
    ['model-overloaded', [overloaded]],
    ['model-overloaded', overloaded],
  ])('is %s: %j', (verdict, answer) => {
    const inspected = inspect('unary')
    expect(inspected.push(bytes(answer))).toBeUndefined()
    expect(inspected.end().verdict).toBe(verdict)
  })

  test('without a body is empty', () => {
    expect(inspect('unary').end().verdict).toBe('answer-empty')
  })

  test('has its usage read', () => {
    const inspected = inspect('unary')
    const usage = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 }
    inspected.push(bytes({ ...choice({ message: { content: 'hi' } }), usage }))
    expect(inspected.end()).toMatchObject({ verdict: 'answered', inputTokens: 4 })
    expect(inspected.usage?.()).toMatchObject({ prompt: 4, output: 3, total: 7 })
  })
})

describe('a stream', () => {
  test('is released with the first event that has content', () => {
    const inspected = inspect('sse')
    expect(inspected.push(event(delta({})))).toBeUndefined()
    expect(inspected.push(event(delta({ content: '' })))).toBeUndefined()
    expect(inspected.push(event(delta({ content: 'h' })))?.verdict).toBe('answered')
  })

  test('that starts with an error, in a list or not, is that error', () => {
    expect(inspect('sse').push(event([overloaded]))?.verdict).toBe('model-overloaded')
    expect(inspect('sse').push(event(overloaded))?.verdict).toBe('model-overloaded')
  })

  test('that ends without content is empty', () => {
    const inspected = inspect('sse')
    inspected.push(event(choice({ delta: {}, finish_reason: 'stop' })))
    inspected.push(Buffer.from('data: [DONE]\n\n'))
    expect(inspected.end().verdict).toBe('answer-empty')
  })
})

test('an error in a list is classified like any other', () => {
  const inspected = inspect('unary', 400)
  inspected.push(bytes([{ error: { code: 400, message: 'Invalid Auth key.' } }]))
  expect(inspected.end().verdict).toBe('bearer-refused')
})
