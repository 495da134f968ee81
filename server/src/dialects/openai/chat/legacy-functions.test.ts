import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestGateway, token, type TestGateway } from '../../testing/test-gateway.ts'
import { typeErrorsOf } from '../testing/published-types.ts'

let gateway: TestGateway
let client: OpenAI

beforeEach(async () => {
  gateway = await startTestGateway()
  client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
})
afterEach(() => gateway.close())

const functions = ['get.time', 'get_date'].map((name) => ({ name, parameters: {} }))
const ask = { role: 'user' as const, content: 'Now?' }

describe.each(['gemini-3.8-flash', 'gemini-2.5-flash'])('legacy functions with %s', (model) => {
  const request = { model, functions, function_call: { name: 'get.time' } }

  test('are answered with a function_call, whole and as a stream', async () => {
    const completion = await client.chat.completions.create({ ...request, messages: [ask] })
    expect(completion.choices[0]).toMatchObject({
      message: { content: null, function_call: { name: 'get.time', arguments: '{}' } },
      finish_reason: 'function_call',
    })
    expect(completion.choices[0]?.message).not.toHaveProperty('tool_calls')
    const chunks: OpenAI.ChatCompletionChunk[] = []
    const body = { ...request, messages: [ask], stream: true as const }
    for await (const chunk of await client.chat.completions.create(body)) chunks.push(chunk)
    const choices = chunks.flatMap((chunk) => chunk.choices)
    expect(choices.flatMap(({ delta }) => delta.function_call ?? [])).toEqual([
      { name: 'get.time', arguments: '{}' },
    ])
    expect(choices.at(-1)?.finish_reason).toBe('function_call')
    expect(typeErrorsOf({ completions: [completion], chunks })).toBe('')
  })

  test('take the result in a function message', async () => {
    const { choices } = await client.chat.completions.create({ ...request, messages: [ask] })
    const message = choices[0]?.message
    if (message === undefined) throw new Error('There is no message.')
    const result = { role: 'function' as const, name: 'get.time', content: 'noon' }
    const answer = await client.chat.completions.create({
      model,
      functions,
      messages: [ask, message, result],
    })
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop' })
    expect(answer.choices[0]?.message.content).toContain('noon')
  })

  test('get one call, the first, when the model makes several', async () => {
    const { choices } = await client.chat.completions.create({
      model,
      functions,
      messages: [{ role: 'user', content: 'get_time and get_date' }],
    })
    expect(choices[0]?.message.function_call?.name).toBe('get.time')
    expect(choices[0]?.finish_reason).toBe('function_call')
  })
})
