import { FunctionCallingConfigMode, GoogleGenAI } from '@google/genai'
import type { Content } from '@google/genai'
import { describe, expect, test } from 'vitest'
import { key, startForTest } from './testing/send-request.ts'

const model = 'gemini-3.8-flash'

async function start() {
  const fake = await startForTest()
  const ai = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: fake.url } })
  return { fake, ai }
}

const weather = {
  functionDeclarations: [
    {
      name: 'get_weather',
      description: 'Weather of a city.',
      parametersJsonSchema: {
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 2 } },
        required: ['city', 'days'],
      },
    },
    { name: 'get_time', description: 'The time.' },
  ],
}

describe('the official SDK', () => {
  test('gets an answer with usage', async () => {
    const { ai, fake } = await start()
    const answer = await ai.models.generateContent({ model, contents: 'Hello' })
    expect(answer.text).toBe('You said: Hello')
    expect(answer.usageMetadata).toMatchObject({ promptTokenCount: 2, thoughtsTokenCount: 48 })
    expect(answer.modelVersion).toBe(model)
    expect(fake.received()[0]).toMatchObject({ key, project: 'p', model, status: 200 })
  })

  test('gets a stream that ends in a signed empty text', async () => {
    const { ai } = await start()
    const chunks = []
    const stream = await ai.models.generateContentStream({ model, contents: 'Hello 世界' })
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks).toHaveLength(5)
    expect(chunks.map((chunk) => chunk.text ?? '').join('')).toBe('You said: Hello 世界')
    expect(new Set(chunks.map((chunk) => chunk.responseId)).size).toBe(1)
    expect(chunks.every((chunk) => chunk.usageMetadata)).toBe(true)
    const last = chunks.at(-1)?.candidates?.[0]
    expect(last?.finishReason).toBe('STOP')
    expect(last?.content?.parts?.[0]).toMatchObject({
      text: '',
      thoughtSignature: expect.any(String),
    })
  })

  test('gets thoughts only when it asks for them', async () => {
    const { ai } = await start()
    const config = { thinkingConfig: { includeThoughts: true } }
    const thinking = await ai.models.generateContent({ model, contents: 'Hello', config })
    expect(thinking.candidates?.[0]?.content?.parts?.[0]?.thought).toBe(true)
    const silent = await ai.models.generateContent({ model, contents: 'Hello' })
    expect(silent.candidates?.[0]?.content?.parts).toHaveLength(1)
  })

  test('sends function calls and signatures back', async () => {
    const { ai } = await start()
    const config = { tools: [weather] }
    const question: Content = { role: 'user', parts: [{ text: 'Use get_weather and get_time.' }] }
    const first = await ai.models.generateContent({ model, contents: [question], config })
    const turn = first.candidates?.[0]?.content ?? {}
    expect(first.functionCalls).toMatchObject([
      { name: 'get_weather', args: { city: 'some city', days: 2 }, id: expect.any(String) },
      { name: 'get_time', args: {}, id: expect.any(String) },
    ])
    expect(turn.parts?.map((part) => part.thoughtSignature !== undefined)).toEqual([true, false])
    const responses: Content = {
      role: 'user',
      parts: (first.functionCalls ?? []).map(({ id, name }) => ({
        functionResponse: { id: id ?? '', name: name ?? '', response: { output: '18C' } },
      })),
    }
    const contents = [question, turn, responses]
    const second = await ai.models.generateContent({ model, contents, config })
    expect(second.text).toContain('get_weather answered {"output":"18C"}')
  })

  test('gets each function call of a stream in one piece', async () => {
    const { ai } = await start()
    const config = {
      tools: [weather],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
    }
    const calls = []
    const stream = await ai.models.generateContentStream({ model, contents: 'Go', config })
    for await (const chunk of stream) calls.push(...(chunk.functionCalls ?? []))
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time'])
  })

  test('holds a chat', async () => {
    const { ai } = await start()
    const chat = ai.chats.create({ model })
    await chat.sendMessage({ message: 'One' })
    expect((await chat.sendMessage({ message: 'Two' })).text).toBe('You said: Two')
  })

  test('counts tokens', async () => {
    const { ai } = await start()
    expect((await ai.models.countTokens({ model, contents: 'x'.repeat(40) })).totalTokens).toBe(10)
  })

  test('gets embeddings of the requested size, deterministic, of length one', async () => {
    const { ai } = await start()
    const asked = {
      model: 'gemini-embedding-001',
      contents: ['a', 'b', 'a'],
      config: { outputDimensionality: 64 },
    }
    const { embeddings = [] } = await ai.models.embedContent(asked)
    const vectors = embeddings.map(({ values = [] }) => values)
    expect(vectors.map((vector) => vector.length)).toEqual([64, 64, 64])
    expect(vectors[0]).toEqual(vectors[2])
    expect(vectors[0]).not.toEqual(vectors[1])
    expect(Math.hypot(...(vectors[0] ?? []))).toBeCloseTo(1)
  })

  test('embeds with the newer model too', async () => {
    const { ai } = await start()
    const asked = { model: 'gemini-embedding-2', contents: 'a' }
    const { embeddings = [] } = await ai.models.embedContent(asked)
    expect(embeddings[0]?.values).toHaveLength(3072)
  })

  test('lists models in pages and gets one', async () => {
    const { ai } = await start()
    const names = []
    for await (const listed of await ai.models.list({ config: { pageSize: 7 } })) {
      names.push(listed.name)
    }
    expect(names.length).toBeGreaterThan(20)
    expect(new Set(names).size).toBe(names.length)
    expect(await ai.models.get({ model })).toMatchObject({ inputTokenLimit: 1_048_576 })
  })

  test('gets JSON that matches its schema', async () => {
    const { ai } = await start()
    const responseJsonSchema = {
      type: 'object',
      properties: {
        title: { type: 'string' },
        tags: { type: 'array', items: { enum: ['red', 'green'] }, minItems: 2 },
        inner: { $ref: '#/$defs/inner' },
      },
      $defs: { inner: { type: 'object', properties: { ok: { type: 'boolean' } } } },
    }
    const config = { responseMimeType: 'application/json', responseJsonSchema }
    const { text = '' } = await ai.models.generateContent({ model, contents: 'x', config })
    expect(JSON.parse(text)).toEqual({
      title: 'some title',
      tags: ['red', 'red'],
      inner: { ok: true },
    })
  })

  test('gets a picture from an image model', async () => {
    const { ai } = await start()
    const answer = await ai.models.generateContent({
      model: 'gemini-3.1-flash-image',
      contents: 'A dot',
      config: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '1:1' } },
    })
    const part = answer.candidates?.[0]?.content?.parts?.[0]
    expect(part?.inlineData?.mimeType).toBe('image/png')
    expect(Buffer.from(part?.inlineData?.data ?? '', 'base64').toString('latin1', 1, 4)).toBe('PNG')
  })

  test('gets speech from a speech model', async () => {
    const { ai } = await start()
    const answer = await ai.models.generateContent({
      model: 'gemini-3.8-flash-tts',
      contents: 'Say hello',
      config: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
      },
    })
    expect(answer.candidates?.[0]?.content?.parts?.[0]?.inlineData?.mimeType).toContain('audio/L16')
  })

  test('gets grounding when search is enabled', async () => {
    const { ai } = await start()
    const config = { tools: [{ googleSearch: {} }] }
    const answer = await ai.models.generateContent({ model, contents: 'Näws', config })
    const support = answer.candidates?.[0]?.groundingMetadata?.groundingSupports?.[0]
    expect(support?.segment?.endIndex).toBe(Buffer.byteLength('You said: Näws'))
  })

  test('gets code and its result when code execution is enabled', async () => {
    const { ai } = await start()
    const config = { tools: [{ codeExecution: {} }] }
    const answer = await ai.models.generateContent({ model, contents: '6 * 7', config })
    expect(answer.codeExecutionResult).toBe('42\n')
  })

  test('gets Google’s error messages', async () => {
    const { ai, fake } = await start()
    fake.setKeyState(key, 'leaked')
    await expect(ai.models.generateContent({ model, contents: 'x' })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('reported as leaked'),
    })
  })

  test('throws when a stream ends with an error event', async () => {
    const { ai } = await start()
    const stream = await ai.models.generateContentStream({
      model,
      contents: '[[fake:error-after-2]]',
    })
    const read = async () => {
      let count = 0
      for await (const chunk of stream) if (chunk.candidates) count += 1
      return count
    }
    await expect(read()).rejects.toThrow(/UNAVAILABLE/)
  })
})
