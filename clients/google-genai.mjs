import { GoogleGenAI } from '@google/genai'
import { z } from 'zod'
import { gatewayUrl, png, recipe, resultOf, token, tools } from './steps/samples.mjs'
import { abortAtFirstText, readTexts, serveSteps } from './steps/serve-steps.mjs'

const clientOf = ({ apiKey = token, path = '' } = {}) =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gatewayUrl + path } })
const client = clientOf()

const functionDeclarations = tools.map(({ name, description, schema }) => ({
  name,
  description,
  parametersJsonSchema: z.toJSONSchema(schema),
}))
const toolConfig = { tools: [{ functionDeclarations }] }
const usageOf = ({ promptTokenCount: input, candidatesTokenCount: output }) => ({ input, output })
const textOf = ({ text }) => text
const user = (...parts) => ({ role: 'user', parts })

const toolResults = (calls) =>
  user(
    ...calls.map(({ id, name }) => ({
      functionResponse: { id, name, response: resultOf(name) },
    })),
  )

serveSteps({
  async answer({ model, prompt, apiKey, path, config }) {
    const answer = await clientOf({ apiKey, path }).models.generateContent({
      model,
      contents: prompt,
      config,
    })
    return {
      text: answer.text,
      finish: answer.candidates[0].finishReason,
      usage: usageOf(answer.usageMetadata),
    }
  },

  async stream({ model, prompt, path }) {
    let usage
    const stream = await clientOf({ path }).models.generateContentStream({
      model,
      contents: prompt,
    })
    const read = await readTexts(stream, (chunk) => {
      usage = usageOf(chunk.usageMetadata)
      return chunk.text
    })
    return { ...read, usage }
  },

  async callTools({ model, prompt }) {
    const contents = [user({ text: prompt })]
    const first = await client.models.generateContent({ model, contents, config: toolConfig })
    const { content } = first.candidates[0]
    contents.push(content, toolResults(first.functionCalls))
    const second = await client.models.generateContent({ model, contents, config: toolConfig })
    return { calls: first.functionCalls.map(({ name, args }) => [name, args]), text: second.text }
  },

  async streamTools({ model, prompt }) {
    const contents = [user({ text: prompt })]
    const request = { model, contents, config: toolConfig }
    const parts = []
    for await (const { candidates } of await client.models.generateContentStream(request)) {
      parts.push(...(candidates[0].content?.parts ?? []))
    }
    const calls = parts.flatMap(({ functionCall }) => functionCall ?? [])
    contents.push({ role: 'model', parts }, toolResults(calls))
    const { text } = await readTexts(await client.models.generateContentStream(request), textOf)
    return { calls: calls.map(({ name, args }) => [name, args]), text }
  },

  /** The client's own loop: it calls the tools and sends their results. */
  async runTools({ model, prompt }) {
    const callable = {
      tool: async () => toolConfig.tools[0],
      callTool: async (calls) => toolResults(calls).parts,
    }
    const answer = await client.models.generateContent({
      model,
      contents: prompt,
      config: { tools: [callable] },
    })
    return { text: answer.text }
  },

  async structure({ model, prompt }) {
    const { text } = await client.models.generateContent({
      model,
      contents: prompt,
      config: {
        responseMimeType: 'application/json',
        responseJsonSchema: z.toJSONSchema(recipe),
      },
    })
    return recipe.parse(JSON.parse(text))
  },

  async seeImage({ model, prompt }) {
    const { text } = await client.models.generateContent({
      model,
      contents: user({ text: prompt }, { inlineData: { mimeType: 'image/png', data: png } }),
    })
    return { text }
  },

  async think({ model, prompt }) {
    const { text, candidates } = await client.models.generateContent({
      model,
      contents: prompt,
      config: { thinkingConfig: { includeThoughts: true } },
    })
    return { text, reasoning: candidates[0].content.parts.find(({ thought }) => thought)?.text }
  },

  async listModels() {
    const names = []
    for await (const { name } of await client.models.list({ config: { pageSize: 7 } })) {
      names.push(name.replace('models/', ''))
    }
    return names
  },

  async embed({ model, texts }) {
    const { embeddings } = await client.models.embedContent({ model, contents: texts })
    return { vectors: embeddings.map(({ values }) => values) }
  },

  async abort({ model, prompt }) {
    const aborter = new AbortController()
    const stream = await client.models.generateContentStream({
      model,
      contents: prompt,
      config: { abortSignal: aborter.signal },
    })
    return abortAtFirstText(stream, textOf, () => aborter.abort())
  },

  async chat({ model, prompts, streamed }) {
    const chat = client.chats.create({
      model,
      history: [user({ text: 'My name is Ann.' }), { role: 'model', parts: [{ text: 'Hello.' }] }],
    })
    const texts = []
    for (const message of prompts) {
      if (!streamed) texts.push((await chat.sendMessage({ message })).text)
      else texts.push((await readTexts(await chat.sendMessageStream({ message }), textOf)).text)
    }
    return texts
  },

  async countTokens({ model, prompt }) {
    return client.models.countTokens({ model, contents: prompt })
  },

  async getModel({ model }) {
    return client.models.get({ model })
  },
})
