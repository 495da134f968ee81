import { beforeEach, describe, expect, test } from 'vitest'
import { healthyProjects, useGateway } from '../support/gateway.ts'
import { useClient } from './client.ts'

const model = 'gemini-3.8-flash'
const spentModel = 'gemini-3.5-flash'
const spentProjects = healthyProjects(3).map((project) => ({
  ...project,
  quotas: { [spentModel]: { rpd: 1 } },
}))
const gateway = useGateway({ fake: { projects: spentProjects } })
beforeEach(() => gateway.fake.clearReceived())

type ClientRow = {
  /** Its program in `clients/`. */
  readonly name: string
  /** Its class for each status. */
  readonly errors: Readonly<Record<401 | 400 | 429, string>>
  /** Where its error says when to try again: in the header `retry-after` by default, or only in Google's details. */
  readonly retryIn?: 'header' | 'details'
  /** What it says of a stream that breaks; the gateway's words by default. */
  readonly brokenStream?: string
  readonly listsModels?: boolean
}

const errorsNamed = (name: string): ClientRow['errors'] => ({ 401: name, 400: name, 429: name })
const openAiErrors = {
  401: 'AuthenticationError',
  400: 'BadRequestError',
  429: 'RateLimitError',
}
const ofAiSdk = (name: string): ClientRow => ({ name, errors: errorsNamed('APICallError') })

const clients: readonly ClientRow[] = [
  { name: 'openai', errors: openAiErrors, listsModels: true },
  { name: 'google-genai', errors: errorsNamed('ApiError'), retryIn: 'details', listsModels: true },
  { name: 'langchain-openai', errors: openAiErrors },
  {
    name: 'langchain-google-genai',
    errors: errorsNamed('GoogleGenerativeAIFetchError'),
    retryIn: 'details',
    brokenStream: 'Error reading from the stream',
  },
  ofAiSdk('ai-sdk-6-google'),
  ofAiSdk('ai-sdk-6-openai-compatible'),
  ofAiSdk('ai-sdk-7-google'),
  ofAiSdk('ai-sdk-7-openai-compatible'),
]

const sentToGoogle = () => gateway.fake.received().map(({ bodyText }) => bodyText)

const usage = { input: expect.any(Number), output: expect.any(Number) }

/** What both tools were called with, and what the model said of their results. */
const bothToolsUsed = {
  calls: [
    ['get_weather', { city: 'some city', unit: 'celsius' }],
    ['get_time', { zone: 'some zone' }],
  ],
  text: expect.stringMatching(/get_weather answered .*fog.*\n?get_time answered .*noon/),
}

const sampleRecipe = {
  title: 'some title',
  minutes: expect.any(Number),
  difficulty: 'easy',
  note: expect.any(String),
  ingredients: [{ name: 'some name', grams: 1 }],
}

describe.each(clients)('$name', ({ name, errors, ...row }) => {
  const client = useClient(name, gateway)

  test('answers', async () => {
    expect(await client.run('answer', { model, prompt: 'Say hello' })).toMatchObject({
      text: 'You said: Say hello',
      usage,
    })
  })

  test('streams in pieces', async () => {
    const prompt = 'Tell me a story [[fake:chunks-8 bytes-40]]'
    const read = await client.run('stream', { model, prompt })
    expect(read).toMatchObject({ usage, text: expect.stringMatching(/^.{320}$/s) })
    expect(read).toHaveProperty(
      'pieces',
      expect.toSatisfy((pieces) => pieces >= 4),
    )
  })

  test.each(['callTools', 'streamTools'])(
    'calls two tools at once and sends their results: %s',
    async (step) => {
      const prompt = 'Use get_weather and get_time'
      expect(await client.run(step, { model, prompt })).toMatchObject(bothToolsUsed)
      expect(sentToGoogle()).toHaveLength(2)
      expect(sentToGoogle()[1]).toContain('"thoughtSignature"')
      expect(sentToGoogle()[1]).not.toContain('skip_thought_signature_validator')
    },
  )

  test('gets the structure that it asks for', async () => {
    expect(await client.run('structure', { model, prompt: 'A recipe' })).toEqual(sampleRecipe)
  })

  test('shows an image', async () => {
    await client.run('seeImage', { model, prompt: 'What is this?' })
    expect(sentToGoogle()[0]).toContain('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ')
    expect(sentToGoogle()[0]).toContain('image/png')
  })

  test('sees thoughts where it asks for them', async () => {
    expect(await client.run('think', { model, prompt: 'Think' })).toEqual({
      text: 'You said: Think',
      reasoning: expect.stringContaining('Considering the request'),
    })
  })

  if (row.listsModels) {
    test('lists models', async () => {
      const names = await client.run('listModels')
      expect(names).toContain(model)
      expect(names).toContain('gemini-embedding-001')
    })
  }

  test('embeds', async () => {
    const texts = ['one', 'two']
    expect(await client.run('embed', { model: 'gemini-embedding-001', texts })).toMatchObject({
      vectors: [
        expect.toSatisfy((vector) => vector.length === 3072),
        expect.toSatisfy((vector) => vector.length === 3072),
      ],
    })
  })

  test('ends the call to Google when it aborts', async () => {
    const prompt = '[[fake:chunks-500 slow-20]]'
    expect(await client.run('abort', { model, prompt })).toMatchObject({ hasText: true })
    await expect.poll(() => gateway.fake.activeCalls()).toBe(0)
    expect(gateway.fake.received()).toMatchObject([{ closedByClient: true }])
  })

  describe('sees the error', () => {
    test('of a stream that breaks', async () => {
      const prompt = '[[fake:chunks-8 cut-after-3]]'
      const seen = await client.failureOf('stream', { model, prompt })
      expect(seen.message).toContain(row.brokenStream ?? 'The answer is incomplete')
    })

    test('of a wrong token', async () => {
      const seen = await client.failureOf('answer', { model, prompt: 'a', apiKey: 'wrong' })
      expect(seen.status).toBe(401)
      expect(seen.classes).toContain(errors[401])
      expect(seen.message).toContain('token is not valid')
    })

    test('of a request that Google refuses', async () => {
      const prompt = '[[fake:error-first-400]]'
      const seen = await client.failureOf('answer', { model, prompt })
      expect(seen.status).toBe(400)
      expect(seen.classes).toContain(errors[400])
    })

    test('of a spent quota, and when it returns', async () => {
      const spend = () => client.run('answer', { model: spentModel, prompt: 'a' })
      await Promise.allSettled([spend(), spend(), spend(), spend()])
      const seen = await client.failureOf('answer', { model: spentModel, prompt: 'a' })
      expect(seen.status).toBe(429)
      expect(seen.classes).toContain(errors[429])
      expect(seen.message).toContain('out of quota')
      if (row.retryIn === 'details') expect(seen.message).toMatch(/"retryDelay": ?"\d+s"/)
      else expect(Number(seen.retryAfter)).toBeGreaterThan(0)
    })
  })
})
