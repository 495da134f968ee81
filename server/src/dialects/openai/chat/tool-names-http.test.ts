import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestGateway, token, type TestGateway } from '../../testing/test-gateway.ts'

let gateway: TestGateway
let client: OpenAI

beforeEach(async () => {
  gateway = await startTestGateway()
  client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
})
afterEach(() => gateway.close())

const long = 'mcp__a_server_with_a_long_name__'.padEnd(90, 'x')
const models = ['gemini-3.8-flash', 'gemini-2.5-flash']
const names = ['3d_render', '-x', 'mcp.search', 'mcp_search', long]
const tools = names.map((name) => ({
  type: 'function' as const,
  function: { name, parameters: { type: 'object', properties: { q: { type: 'string' } } } },
}))
const ask = { role: 'user' as const, content: 'Call a tool.' }
const force = (name: string) => ({ type: 'function' as const, function: { name } })

describe.each(models)('a tool whose name Gemini refuses, with %s', (model) => {
  test.each(names)('is called by the name that the client gave: %s', async (name) => {
    const request = { model, messages: [ask], tools, tool_choice: force(name) }
    const whole = await client.chat.completions.create(request)
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls')
    expect(whole.choices[0]?.message.tool_calls).toMatchObject([{ function: { name } }])
    const stream = client.chat.completions.stream(request)
    const streamed = await stream.finalChatCompletion()
    expect(streamed.choices[0]?.message.tool_calls).toMatchObject([{ function: { name } }])
  })

  test('has one name in declarations, calls and results', async () => {
    const request = { model, messages: [ask], tools, tool_choice: force('mcp.search') }
    const first = await client.chat.completions.create(request)
    const message = first.choices[0]?.message
    const call = message?.tool_calls?.[0]
    if (message === undefined || call === undefined) throw new Error('There is no call.')
    const result = { role: 'tool' as const, tool_call_id: call.id, content: 'found' }
    const next = { model, messages: [ask, message, result], tools }
    await client.chat.completions.create({ ...next, tool_choice: 'none' })
    const sent = 'mcp_search_2'
    expect(gateway.received().at(-1)).toMatchObject({
      contents: [
        {},
        { parts: [{ functionCall: { name: sent } }] },
        { parts: [{ functionResponse: { name: sent } }] },
      ],
      tools: [{ functionDeclarations: [{}, {}, { name: sent }, { name: 'mcp_search' }, {}] }],
    })
  })
})
