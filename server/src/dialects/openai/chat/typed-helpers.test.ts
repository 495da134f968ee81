import OpenAI from 'openai'
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startTestGateway, token, type TestGateway } from '../../testing/test-gateway.ts'

let gateway: TestGateway
let client: OpenAI
beforeAll(async () => {
  gateway = await startTestGateway()
  client = new OpenAI({
    apiKey: token,
    baseURL: `${gateway.url}/v1`,
    maxRetries: 0,
    fetch: (url, init) => fetch(url, { ...init, body: withoutExtras(init?.body) }),
  })
})
beforeEach(() => gateway.fake.clearReceived())
afterAll(() => gateway.close())

/** The body as sent by a client that keeps only the fields OpenAI defines. */
function withoutExtras(body: unknown): string | null {
  if (typeof body !== 'string') return null
  const extras = new Set(['extra_content', 'reasoning_content', 'parsed', 'parsed_arguments'])
  return JSON.stringify(JSON.parse(body), (name, value: unknown) =>
    extras.has(name) ? undefined : value,
  )
}

/** Each earlier turn with calls was sent with its original signature. */
function expectOriginalSignatures(): void {
  const sent = gateway.fake.received().map(({ bodyText }) => bodyText)
  expect(sent.length).toBeGreaterThan(1)
  for (const body of sent) {
    expect(body).not.toContain('skip_thought_signature_validator')
    expect(body.includes('"thoughtSignature"')).toBe(body.includes('"functionCall"'))
  }
  expect(sent.at(-1)).toContain('"thoughtSignature"')
}

const weatherArgs = z.object({ city: z.string() })
const cities: string[] = []
const weather = zodFunction({
  name: 'get_weather',
  parameters: weatherArgs,
  function: ({ city }) => {
    cities.push(city)
    return 'Sunny.'
  },
})
const time = zodFunction({
  name: 'get_time',
  parameters: z.object({ zone: z.string().nullable() }),
  function: () => 'Noon.',
})
const messages = [{ role: 'user' as const, content: 'get_weather and get_time, then tell me' }]

describe.each([
  'gemini-3.8-flash',
  'gemini-3.5-flash-lite',
  'gemini-3.1-pro-preview',
  'gemini-3-flash-preview',
  'gemini-4-argon',
])('the helpers of the official client, dropping extra_content, with %s', (model) => {
  test('run tools in parallel and again in a later turn', async () => {
    const runner = client.chat.completions.runTools({ model, messages, tools: [weather, time] })
    expect(await runner.finalContent()).toBeTruthy()
    expect(cities.at(-1)).toBeTypeOf('string')
    expectOriginalSignatures()

    const later = client.chat.completions.runTools({
      model,
      tools: [weather, time],
      messages: [...runner.messages, { role: 'user', content: 'get_time once more' }],
    })
    expect(await later.finalContent()).toBeTruthy()
    expectOriginalSignatures()
  })

  test('run tools on streams', async () => {
    const runner = client.chat.completions.runTools({
      model,
      messages,
      tools: [weather, time],
      stream: true,
    })
    const called: string[] = []
    runner.on('functionToolCall', ({ name }) => called.push(name))
    expect(await runner.finalContent()).toBeTruthy()
    expect(called).toEqual(['get_weather', 'get_time'])
    expectOriginalSignatures()
  })

  test('parse calls and answers with their schemas', async () => {
    const called = await client.chat.completions.parse({
      model,
      messages,
      tools: [zodFunction({ name: 'get_weather', parameters: weatherArgs })],
    })
    const [call] = called.choices[0]?.message.tool_calls ?? []
    expect(weatherArgs.safeParse(call?.function.parsed_arguments).success).toBe(true)

    const place = z.object({
      name: z.string(),
      kind: z.literal('city'),
      parts: z.array(z.string()),
    })
    const answered = await client.chat.completions.parse({
      model,
      messages: [{ role: 'user', content: 'A place' }],
      response_format: zodResponseFormat(place, 'place'),
    })
    expect(place.safeParse(answered.choices[0]?.message.parsed).success).toBe(true)
  })

  test('stream calls and answers, and parse them', async () => {
    const calls = client.chat.completions.stream({
      model,
      messages,
      tools: [zodFunction({ name: 'get_weather', parameters: weatherArgs }), time],
    })
    const done: string[] = []
    calls.on('tool_calls.function.arguments.done', ({ name }) => done.push(name))
    const completion = await calls.finalChatCompletion()
    expect(done).toEqual(['get_weather', 'get_time'])
    expect(completion.choices[0]?.finish_reason).toBe('tool_calls')

    const place = z.object({ name: z.string() })
    const answer = client.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: 'A place' }],
      response_format: zodResponseFormat(place, 'place'),
    })
    const { choices } = await answer.finalChatCompletion()
    expect(place.safeParse(choices[0]?.message.parsed).success).toBe(true)
  })
})
