import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { startTestGateway, token, type TestGateway } from '../../testing/test-gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const path = '/v1beta/openai/chat/completions'
const messages = [{ role: 'user' as const, content: 'Say hello' }]
const request = { model: 'gemini-3.8-flash', messages }

const standardKeys = ['AIza-test-0', 'AIza-test-1']
async function start(keys: readonly string[]): Promise<OpenAI> {
  gateway = await startTestGateway({ keys })
  return new OpenAI({ apiKey: token, baseURL: `${gateway.url}/openai/v1`, maxRetries: 0 })
}

describe('/openai/v1', () => {
  test('translates when there is no key for the endpoint', async () => {
    const client = await start(['AQ.test-key-0'])
    const answer = await client.chat.completions.create(request)
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(gateway.fake.received()[0]?.path).toBe('/v1beta/models/gemini-3.8-flash:generateContent')
  })

  test('passes on unknown fields in both directions, except top_k', async () => {
    const client = await start(standardKeys)
    const content = '<thought>hm</thought>hi'
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
    gateway.fake.script({ path, body: JSON.stringify({ id: 'x', choices, strange: 1 }) })
    const extra = { ...request, top_k: 4, unheard: 'of' }
    expect(await client.chat.completions.create(extra)).toMatchObject({
      strange: 1,
      choices: [{ message: { content: 'hi', reasoning_content: 'hm' } }],
    })
    expect(gateway.received()[0]).toEqual({ ...request, unheard: 'of' })
    expect(gateway.fake.received()[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(/^Bearer AIza-test-/),
    })
  })

  test('streams thoughts as reasoning_content', async () => {
    const client = await start(standardKeys)
    const chunk = (delta: object, finish_reason: string | null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`
    const body = `${chunk({ content: '<tho' }, null)}${chunk({ content: 'ught>hm</thought>hi' }, 'stop')}data: [DONE]\n\n`
    gateway.fake.script({ path, body, headers: { 'content-type': 'text/event-stream' } })
    const deltas: object[] = []
    for await (const { choices } of await client.chat.completions.create({
      ...request,
      stream: true,
    })) {
      deltas.push(choices[0]?.delta ?? {})
    }
    expect(deltas).toEqual([{ content: '' }, { content: 'hi', reasoning_content: 'hm' }])
  })

  test('ends a stream without [DONE] with an error', async () => {
    const client = await start(standardKeys)
    const body = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
    gateway.fake.script({ path, body, headers: { 'content-type': 'text/event-stream' } })
    const stream = await client.chat.completions.create({ ...request, stream: true })
    const read = async () => {
      const chunks = []
      for await (const chunk of stream) chunks.push(chunk)
      return chunks
    }
    await expect(read()).rejects.toThrow('broke')
  })

  test("unwraps Google's list of errors", async () => {
    const client = await start(standardKeys)
    const error = {
      code: 400,
      message: 'Thinking level MINIMAL is not supported.',
      status: 'INVALID_ARGUMENT',
    }
    gateway.fake.script({ path, status: 400, body: JSON.stringify([{ error }]) })
    await expect(client.chat.completions.create(request)).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining('MINIMAL'),
    })
  })

  test('translates after the endpoint refuses a kind of key, without another call to it', async () => {
    const client = await start(standardKeys)
    const error = {
      code: 400,
      message: 'Multiple authentication credentials received. Please pass only one.',
      status: 'INVALID_ARGUMENT',
    }
    gateway.fake.script({ path, status: 400, body: JSON.stringify([{ error }]) })
    for (let times = 0; times < 2; times += 1) {
      const answer = await client.chat.completions.create(request)
      expect(answer.choices[0]?.finish_reason).toBe('stop')
    }
    const relayed = gateway.fake.received().filter((one) => one.path === path)
    expect(relayed).toHaveLength(2)
    expect(gateway.lines).toHaveLength(1)
  })
})
