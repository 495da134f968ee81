import { beforeEach, expect, test } from 'vitest'
import { healthyProjects, useGateway } from '../support/gateway.ts'
import { useClient } from './client.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(2) } })
const genai = useClient('google-genai', gateway)
const model = 'gemini-3.8-flash'
type Sent = {
  readonly contents: readonly {
    readonly role: string
    readonly parts: readonly { text?: string }[]
  }[]
}

beforeEach(() => gateway.fake.clearReceived())

test.each(['', '/', '/gemini', '/gemini/'])('Google’s client works below %j', async (path) => {
  const input = { model, prompt: 'a', path }
  expect(await genai.run('answer', input)).toMatchObject({ text: 'You said: a', finish: 'STOP' })
  expect(await genai.run('stream', input)).toMatchObject({ text: 'You said: a' })
})

test.each([false, true])('a chat remembers its history (streamed: %s)', async (streamed) => {
  const texts = await genai.run('chat', { model, prompts: ['one', 'two'], streamed })
  expect(texts).toEqual(['You said: one', 'You said: two'])
  // A streamed answer is one content a chunk.
  const { contents }: Sent = JSON.parse(gateway.fake.received().at(-1)?.bodyText ?? '{}')
  const said = contents.map(
    ({ role, parts }) => `${role}: ${parts.map(({ text }) => text).join('')}`,
  )
  expect(said.join('\n').replaceAll('\nmodel: ', '')).toBe(
    'user: My name is Ann.Hello.\nuser: oneYou said: one\nuser: two',
  )
})

test('its own loop calls the tools and gets an answer', async () => {
  const prompt = 'Use get_weather and get_time'
  expect(await genai.run('runTools', { model, prompt })).toEqual({
    text: expect.stringMatching(/fog.*\n?.*noon/),
  })
})

test('it counts tokens', async () => {
  expect(await genai.run('countTokens', { model, prompt: 'Count these words' })).toMatchObject({
    totalTokens: expect.toSatisfy((count) => count > 0),
  })
})

test('it gets a model, also one that the gateway adds', async () => {
  expect(await genai.run('getModel', { model })).toMatchObject({ name: `models/${model}` })
  expect(await genai.run('getModel', { model: `${model}-search` })).toMatchObject({
    name: `models/${model}-search`,
  })
})

test('it sees Google’s words for a request that Google refuses', async () => {
  const config = { temperature: 99 }
  const seen = await genai.failureOf('answer', { model, prompt: 'a', config })
  expect(seen).toMatchObject({ status: 400, message: expect.stringContaining('temperature') })
  expect(seen.classes).toContain('ApiError')
})
