import OpenAI, { type APIError } from 'openai'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import type { FakeProject } from '@gemini-balance/fake-gemini'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  adminToken,
  clientToken,
  startGateway,
  type TestGateway,
  type TestGatewayOptions,
} from './support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const model = 'gemini-3.8-flash'
const endpoint = '/v1beta/openai/chat/completions'
const asking = (content: string): { model: string; messages: ChatCompletionMessageParam[] } => ({
  model,
  messages: [{ role: 'user', content }],
})
const keyOf = (index: number) => `AIza-standard-key-number-${index}`
const standard = (index: number, more: Partial<FakeProject> = {}): FakeProject => ({
  id: `standard-${index}`,
  tier: 'paid1',
  keys: [keyOf(index)],
  ...more,
})
const ofNewKind: FakeProject = { id: 'new', tier: 'paid1', keys: ['AQ.key-of-the-new-kind'] }

async function start(
  projects: readonly FakeProject[] = [standard(0), standard(1)],
  settings: TestGatewayOptions['settings'] = {},
): Promise<OpenAI> {
  gateway = await startGateway({ fake: { projects }, settings })
  const baseURL = `${gateway.url}/openai/v1`
  return new OpenAI({ apiKey: clientToken, baseURL, maxRetries: 0 })
}

const paths = () => gateway.fake.received().map(({ path }) => path)
/** Without the probes of refused keys. */
const pathsOfClients = () =>
  gateway.fake
    .received()
    .filter(
      ({ path, bodyText }) =>
        !path.endsWith(':countTokens') && !bodyText.includes('"maxOutputTokens":1}'),
    )
    .map(({ path }) => path)
const toldOf = (words: string) => gateway.logged.filter((line) => line.includes(words))

/** The request log, once so many attempts are written. */
async function logRows(count: number) {
  const list = async () => (await gateway.program.storage.requestLog.list({})).rows
  await expect.poll(async () => (await list()).length, { timeout: 10_000 }).toBe(count)
  return list()
}

/** A client whose token is good for one request a day. */
async function clientOfOneRequest(): Promise<OpenAI> {
  const response = await fetch(`${gateway.url}/api/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ name: 'a client', limits: { requestsPerDay: 1 } }),
  })
  const { token } = z.object({ token: z.string() }).parse(await response.json())
  return new OpenAI({ apiKey: token, baseURL: `${gateway.url}/openai/v1`, maxRetries: 0 })
}

async function errorOf(answer: Promise<unknown>): Promise<APIError> {
  const error: unknown = await answer.then(
    () => undefined,
    (failed: unknown) => failed,
  )
  if (error instanceof OpenAI.APIError) return error
  throw new Error('The answer was no error of the API.', { cause: error })
}

/** A setting of Google's own, under the name that Python's SDK sends it with. */
const withThoughts = { extra_body: { google: { thinking_config: { include_thoughts: true } } } }

describe("what Google's own endpoint serves", () => {
  test('is a chat, with what Google counted in the answer and in the request log', async () => {
    const client = await start()
    const answer = await client.chat.completions.create(asking('Say hello'))
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'You said: Say hello' },
    })
    expect(paths()).toEqual([endpoint])
    const [seen] = gateway.fake.received()
    expect(seen?.headers['authorization']).toMatch(/^Bearer AIza-/)
    expect(seen?.headers).not.toHaveProperty('x-goog-api-key')
    expect(await logRows(1)).toMatchObject([
      {
        dialect: 'openai-native',
        method: 'chat/completions',
        verdict: 'answered',
        promptTokens: answer.usage?.prompt_tokens,
        outputTokens: answer.usage?.completion_tokens,
      },
    ])
  })

  test('is a stream, without the usage that the client did not ask for', async () => {
    const client = await start()
    const chunks = []
    for await (const chunk of await client.chat.completions.create({
      ...asking('Say hello'),
      stream: true,
    })) {
      chunks.push(chunk)
    }
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
    expect(text).toBe('You said: Say hello')
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
    expect(chunks.some(({ usage }) => usage !== undefined)).toBe(false)
    const [row] = await logRows(1)
    expect(row?.promptTokens).toBeGreaterThan(0)
    expect(row?.outputTokens).toBeGreaterThan(0)
  })

  test('is a stream with the usage that the client asked for', async () => {
    const client = await start()
    const stream = await client.chat.completions.create({
      ...asking('Say hello'),
      stream: true,
      stream_options: { include_usage: true },
    })
    const usages = []
    for await (const { usage } of stream) if (usage) usages.push(usage)
    expect(usages).toEqual([expect.objectContaining({ prompt_tokens: expect.any(Number) })])
  })

  test('has its thoughts apart from its words, whole and in a stream', async () => {
    const client = await start()
    const asked = { ...asking('Say hello'), ...withThoughts }
    const whole = await client.chat.completions.create(asked)
    expect(whole.choices[0]?.message).toMatchObject({
      content: 'You said: Say hello',
      reasoning_content: expect.stringContaining('Considering'),
    })
    let content = ''
    let reasoning = ''
    for await (const { choices } of await client.chat.completions.create({
      ...asked,
      messages: [{ role: 'user', content: 'Say hello [[fake:split-utf8]]' }],
      stream: true,
    })) {
      const delta: { content?: string | null; reasoning_content?: string } = choices[0]?.delta ?? {}
      content += delta.content ?? ''
      reasoning += delta.reasoning_content ?? ''
    }
    expect(reasoning).toContain('Considering')
    expect(content).toMatch(/^héllo/)
    expect(content + reasoning).not.toContain('thought>')
  })

  test.each([false, true])('calls tools, signatures kept (in a stream: %s)', async (streams) => {
    const client = await start()
    const asked = {
      ...asking('Use get_weather for Paris'),
      tools: [
        {
          type: 'function' as const,
          function: {
            name: 'get_weather',
            parameters: { type: 'object', properties: { city: { type: 'string' } } },
          },
        },
      ],
    }
    const { message, finish_reason: finish } = await firstChoice(client, asked, streams)
    expect(finish).toBe('tool_calls')
    const [call] = message.tool_calls ?? []
    expect(call).toMatchObject({
      extra_content: { google: { thought_signature: expect.any(String) } },
    })
    const answer = await client.chat.completions.create({
      ...asked,
      messages: [
        ...asked.messages,
        message,
        { role: 'tool', tool_call_id: call?.id ?? '', content: 'sunny' },
      ],
    })
    expect(answer.choices[0]?.message.content).toContain('sunny')
    expect(new Set(paths())).toEqual(new Set([endpoint]))
  })

  test('are embeddings', async () => {
    const client = await start()
    const { data } = await client.embeddings.create({
      model: 'gemini-embedding-2',
      input: ['a', 'b'],
      dimensions: 8,
    })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8])
    expect(paths()).toEqual(['/v1beta/openai/embeddings'])
  })

  test('are models, as Google lists them', async () => {
    const client = await start()
    const { data } = await client.models.list()
    expect(data.map(({ id }) => id)).toContain(`models/${model}`)
    expect((await client.models.retrieve(model)).id).toBe(`models/${model}`)
    expect(paths()).toEqual(['/v1beta/openai/models', `/v1beta/openai/models/${model}`])
    expect(await errorOf(client.models.retrieve('nothing'))).toMatchObject({ status: 404 })
  })
})

type Asked = Parameters<OpenAI['chat']['completions']['create']>[0]

async function firstChoice(client: OpenAI, asked: Asked, streams: boolean) {
  const answer = streams
    ? await client.chat.completions.stream({ ...asked, stream: true }).finalChatCompletion()
    : await client.chat.completions.create({ ...asked, stream: false })
  const [choice] = answer.choices
  if (choice === undefined) throw new Error('There is no choice.')
  return choice
}

describe('a pool', () => {
  test('with keys of the new kind only has the same request translated, and says so once', async () => {
    const client = await start([ofNewKind])
    for (let times = 0; times < 2; times += 1) {
      const answer = await client.chat.completions.create(asking('Say hello'))
      expect(answer.choices[0]?.message.content).toBe('You said: Say hello')
    }
    const native = `/v1beta/models/${model}:generateContent`
    expect(paths()).toEqual([native, native])
    expect(toldOf('translated, not relayed')).toHaveLength(1)
    const translated = { dialect: 'openai-translated', method: 'chat/completions' }
    expect(await logRows(2)).toMatchObject([translated, translated])
    expect((await client.models.list()).data.length).toBeGreaterThan(0)
    const { data } = await client.embeddings.create({ model: 'gemini-embedding-2', input: 'a' })
    expect(data).toHaveLength(1)
  })

  test('of both kinds never sends a key of the new kind as Bearer', async () => {
    const client = await start([ofNewKind, standard(0)])
    for (let times = 0; times < 4; times += 1) {
      await client.chat.completions.create(asking('Say hello'))
    }
    const keys = gateway.fake.received().map(({ headers }) => headers['authorization'])
    expect(keys).toEqual(Array.from({ length: 4 }, () => `Bearer ${keyOf(0)}`))
  })

  test.each(['invalid', 'leaked', 'suspended', 'legacy-rejected', 'prepay-depleted'] as const)(
    'steps over a key that is %s',
    async (state) => {
      const client = await start()
      gateway.fake.setKeyState(keyOf(0), state)
      for (let times = 0; times < 3; times += 1) {
        const answer = await client.chat.completions.create(asking('Say hello'))
        expect(answer.choices[0]?.finish_reason).toBe('stop')
      }
      expect(new Set(pathsOfClients())).toEqual(new Set([endpoint]))
    },
  )

  test('whose standard keys are all dead serves by the others', async () => {
    const client = await start([standard(0), ofNewKind])
    gateway.fake.setKeyState(keyOf(0), 'leaked')
    const answer = await client.chat.completions.create(asking('Say hello'))
    expect(answer.choices[0]?.message.content).toBe('You said: Say hello')
    expect(pathsOfClients()).toEqual([endpoint, `/v1beta/models/${model}:generateContent`])
  })

  test('whose standard keys are spent serves by the others, as one request of the token', async () => {
    const spent = standard(0, { quotas: { [model]: { rpd: 0 } } })
    await start([spent, ofNewKind])
    const client = await clientOfOneRequest()
    const stream = await client.chat.completions.create({ ...asking('Say hello'), stream: true })
    let text = ''
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
    expect(text).toBe('You said: Say hello')
    expect(paths()[0]).toBe(endpoint)
    const again = errorOf(client.chat.completions.create(asking('Say hello')))
    expect(await again).toMatchObject({ status: 429 })
    expect(paths()).toHaveLength(2)
  })

  test('of which all is spent says so, with the time of the next try', async () => {
    const quotas = { [model]: { rpd: 1 } }
    const client = await start([standard(0, { quotas })], { QUEUE_MAX_WAIT_MS: '0' })
    await client.chat.completions.create(asking('Say hello'))
    const error = await errorOf(client.chat.completions.create(asking('Say hello')))
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota' })
    expect(error.headers?.get('retry-after')).toMatch(/^\d+$/)
  })

  test('keeps a standard key whose credential that endpoint refuses', async () => {
    const client = await start([standard(0)])
    const error = { code: 401, message: 'Invalid credentials.', status: 'UNAUTHENTICATED' }
    gateway.fake.script({ path: endpoint, status: 401, body: JSON.stringify([{ error }]) })
    for (let times = 0; times < 3; times += 1) {
      const answer = await client.chat.completions.create(asking('Say hello'))
      expect(answer.choices[0]?.finish_reason).toBe('stop')
    }
    expect((await gateway.program.engine.views.counts()).keys.active).toBe(1)
    expect(paths().filter((path) => path === endpoint)).toHaveLength(1)
  })
})

describe('a model of ours', () => {
  test('is translated: Google would not know it', async () => {
    const client = await start(undefined, { SEARCH_MODELS: JSON.stringify([model]) })
    const answer = await client.chat.completions.create({
      ...asking('Say hello'),
      model: `${model}-search`,
    })
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(paths()).not.toContain(endpoint)
  })
})

describe('pictures', () => {
  const asked = { model: 'gemini-3.1-flash-image', prompt: 'a cat' }

  test('come from a project that has a quota for them', async () => {
    const client = await start([standard(0, { tier: 'free' }), standard(1)])
    const { data } = await client.images.generate(asked)
    expect(data?.[0]?.b64_json).toEqual(expect.any(String))
    expect(gateway.fake.received().at(-1)?.project).toBe('standard-1')
    expect(new Set(paths())).toEqual(new Set(['/v1beta/openai/images/generations']))
  })

  test('cannot be had without a key that the endpoint takes', async () => {
    const client = await start([ofNewKind])
    expect(await errorOf(client.images.generate(asked))).toMatchObject({ status: 503 })
    expect(paths()).toEqual([])
  })
})

describe('an error', () => {
  test.each([
    ['a parameter that Google does not know', { logit_bias: {} }, 'logit_bias'],
    ['an effort that the model has not', { reasoning_effort: 'none' as const }, 'reasoning_effort'],
  ])("of the request is told in OpenAI's shape: %s", async (_name, more, words) => {
    const client = await start()
    const error = await errorOf(client.chat.completions.create({ ...asking('Hello'), ...more }))
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error' })
    expect(error.message).toContain(words)
    expect(paths()).toEqual([endpoint])
  })

  test('of a model that does not exist is told as such', async () => {
    const client = await start()
    const asked = { ...asking('Hello'), model: 'gemini-0-nothing' }
    expect(await errorOf(client.chat.completions.create(asked))).toMatchObject({ status: 404 })
  })

  test.each(['overloaded-first', 'internal-first', 'reset-first', 'empty-first'])(
    'that passes is not seen: %s',
    async (misbehaviour) => {
      const client = await start()
      for (const stream of [false, true]) {
        const asked = asking(`Hello [[fake:${misbehaviour} id=${stream}]]`)
        const choice = await firstChoice(client, asked, stream)
        expect(choice.message.content).toContain('You said')
      }
    },
  )

  test.each([
    ['error-first-503', 503],
    ['error-first-500', 500],
    ['html-502', 502],
    ['location', 400],
    ['empty-200', 503],
  ])('that stays is told: %s', async (misbehaviour, status) => {
    const client = await start()
    const asked = asking(`Hello [[fake:${misbehaviour}]]`)
    const error = await errorOf(client.chat.completions.create(asked))
    expect(error.status).toBe(status)
    expect(error.type).toEqual(expect.any(String))
  })
})

describe('a stream that breaks', () => {
  test.each(['cut-after-2', 'error-after-2'])(
    'ends with an error event and without its end: %s',
    async (misbehaviour) => {
      await start()
      const response = await fetch(`${gateway.url}/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${clientToken}` },
        body: JSON.stringify({ ...asking(`Hello [[fake:${misbehaviour}]]`), stream: true }),
      })
      const text = await readUntilItBreaks(response)
      expect(text).toContain('"content":')
      expect(text).not.toContain('[DONE]')
      const last = text.trim().split('\n\n').at(-1) ?? ''
      expect(JSON.parse(last.slice('data: '.length))).toMatchObject({
        error: { type: 'server_error' },
      })
    },
  )

  test("is an error in OpenAI's SDK", async () => {
    const client = await start()
    const asked = asking('Hello [[fake:cut-after-2]]')
    const stream = await client.chat.completions.create({ ...asked, stream: true })
    const read = async () => {
      const chunks = []
      for await (const chunk of stream) chunks.push(chunk)
      return chunks
    }
    expect(await errorOf(read())).toBeInstanceOf(OpenAI.APIError)
  })
})

/** What came before the connection closed, in whatever way it did. */
async function readUntilItBreaks(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  const reader = response.body?.getReader()
  for (;;) {
    // A cut connection is what these tests are about: the bytes before it are what counts.
    const next = await reader?.read().catch(() => undefined)
    if (next?.value === undefined) return Buffer.concat(chunks).toString('utf8')
    chunks.push(next.value)
  }
}
