import { FunctionCallingConfigMode, GoogleGenAI, type Content } from '@google/genai'
import { beforeAll, describe, expect, test } from 'vitest'
import { clientToken, healthyProjects, startGateway, useGateway } from './support/gateway.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(3) } })
let ai: GoogleGenAI
beforeAll(async () => {
  ai = new GoogleGenAI({ apiKey: clientToken, httpOptions: { baseUrl: gateway.url } })
})

const model = 'gemini-3.8-flash'

describe('the official SDK', () => {
  test('generates', async () => {
    const answer = await ai.models.generateContent({ model, contents: 'Say hello' })
    expect(answer.text).toBeTruthy()
    expect(answer.usageMetadata?.promptTokenCount).toBeGreaterThan(0)
  })

  test('streams', async () => {
    const chunks = []
    for await (const chunk of await ai.models.generateContentStream({
      model,
      contents: 'Say hello',
    })) {
      chunks.push(chunk)
    }
    expect(chunks.length).toBeGreaterThan(1)
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
  })

  test('calls tools over several turns, signatures kept', async () => {
    const tools = [
      {
        functionDeclarations: [
          {
            name: 'get_weather',
            parametersJsonSchema: {
              type: 'object',
              properties: { city: { type: 'string' } },
              required: ['city'],
            },
          },
        ],
      },
    ]
    const contents: Content[] = [{ role: 'user', parts: [{ text: 'Use get_weather for Paris' }] }]
    const config = {
      tools,
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
    }
    const first = await ai.models.generateContent({ model, contents, config })
    const [call] = first.functionCalls ?? []
    expect(call?.name).toBe('get_weather')
    const asked = first.candidates?.[0]?.content
    expect(asked?.parts?.some((part) => part.thoughtSignature !== undefined)).toBe(true)
    if (asked === undefined || call === undefined) return
    contents.push(asked, {
      role: 'user',
      parts: [
        {
          functionResponse: { id: call.id ?? '', name: 'get_weather', response: { output: '18C' } },
        },
      ],
    })
    const second = await ai.models.generateContent({ model, contents, config })
    expect(second.text).toContain('18C')
  })

  test('is told when a signature is missing', async () => {
    const contents: Content[] = [
      { role: 'user', parts: [{ text: 'Use f' }] },
      { role: 'model', parts: [{ functionCall: { id: 'a', name: 'f', args: {} } }] },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'a', name: 'f', response: { output: 1 } } }],
      },
    ]
    const tools = [{ functionDeclarations: [{ name: 'f' }] }]
    await expect(ai.models.generateContent({ model, contents, config: { tools } })).rejects.toThrow(
      /missing a thought_signature/,
    )
  })

  test('counts tokens', async () => {
    const { totalTokens } = await ai.models.countTokens({ model, contents: 'Count these words' })
    expect(totalTokens).toBeGreaterThan(0)
  })

  test('embeds one and many', async () => {
    const one = await ai.models.embedContent({ model: 'gemini-embedding-001', contents: 'a' })
    const many = await ai.models.embedContent({
      model: 'gemini-embedding-001',
      contents: ['a', 'b', 'c'],
    })
    expect(one.embeddings).toHaveLength(1)
    expect(many.embeddings).toHaveLength(3)
    expect(many.embeddings?.[0]?.values).toEqual(one.embeddings?.[0]?.values)
  })

  test('lists models, derived ones too, in pages, and gets one', async () => {
    const names = []
    for await (const listed of await ai.models.list({ config: { pageSize: 7 } }))
      names.push(listed.name)
    expect(names.length).toBeGreaterThan(10)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('models/gemini-3.8-flash-search')
    expect(await ai.models.get({ model: 'gemini-3.8-flash-search' })).toMatchObject({
      displayName: expect.stringContaining('For Search'),
    })
  })

  test('gets search through a suffix', async () => {
    const answer = await ai.models.generateContent({ model: `${model}-search`, contents: 'news' })
    expect(answer.candidates?.[0]?.groundingMetadata).toBeDefined()
  })

  test('hears of a model that is not there', async () => {
    await expect(ai.models.generateContent({ model: 'gemini-0', contents: 'a' })).rejects.toThrow(
      /is not found/,
    )
  })
})

test('a model list does not depend on one key being healthy', async () => {
  const projects = healthyProjects(4)
  const broken = await startGateway({ fake: { projects } })
  for (const project of projects.slice(0, 3)) {
    for (const key of project.keys) broken.fake.setKeyState(key, 'invalid')
  }
  const client = new GoogleGenAI({ apiKey: clientToken, httpOptions: { baseUrl: broken.url } })
  expect(await client.models.get({ model })).toMatchObject({ name: `models/${model}` })
  await broken.close()
})
