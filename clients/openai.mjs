import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { gatewayUrl, pngDataUrl, recipe, resultOf, token, tools } from './steps/samples.mjs'
import { abortAtFirstText, readTexts, serveSteps } from './steps/serve-steps.mjs'

const clientOf = ({ apiKey = token, path = '/v1', maxRetries = 0 } = {}) =>
  new OpenAI({ apiKey, baseURL: gatewayUrl + path, maxRetries })
const client = clientOf()

const ask = (content) => [{ role: 'user', content }]
const chatTools = tools.map(({ name, description, schema }) => ({
  type: 'function',
  function: { name, description, parameters: z.toJSONSchema(schema) },
}))
const usageOf = ({ prompt_tokens: input, completion_tokens: output }) => ({ input, output })
const textOf = ({ choices }) => choices[0]?.delta.content

const toolMessages = (calls) =>
  calls.map(({ id, function: { name } }) => ({
    role: 'tool',
    tool_call_id: id,
    content: JSON.stringify(resultOf(name)),
  }))

serveSteps({
  async answer({ model, prompt, apiKey, path, ...more }) {
    const { choices, usage } = await clientOf({ apiKey, path }).chat.completions.create({
      model,
      messages: ask(prompt),
      ...more,
    })
    return {
      text: choices[0].message.content,
      finish: choices[0].finish_reason,
      usage: usageOf(usage),
    }
  },

  async stream({ model, prompt }) {
    const stream = client.chat.completions.stream({
      model,
      messages: ask(prompt),
      stream_options: { include_usage: true },
    })
    const read = await readTexts(stream, textOf)
    return { ...read, usage: usageOf(await stream.totalUsage()) }
  },

  async callTools({ model, prompt }) {
    const request = { model, tools: chatTools }
    const messages = ask(prompt)
    const first = await client.chat.completions.create({ ...request, messages })
    const { message } = first.choices[0]
    messages.push(message, ...toolMessages(message.tool_calls))
    const second = await client.chat.completions.create({ ...request, messages })
    return {
      calls: message.tool_calls.map(({ function: call }) => [
        call.name,
        JSON.parse(call.arguments),
      ]),
      finish: first.choices[0].finish_reason,
      text: second.choices[0].message.content,
    }
  },

  async streamTools({ model, prompt }) {
    const request = { model, tools: chatTools }
    const messages = ask(prompt)
    const first = client.chat.completions.stream({ ...request, messages })
    const { message, finish_reason: finish } = (await first.finalChatCompletion()).choices[0]
    messages.push(message, ...toolMessages(message.tool_calls))
    const second = client.chat.completions.stream({ ...request, messages })
    return {
      calls: message.tool_calls.map(({ function: call }) => [
        call.name,
        JSON.parse(call.arguments),
      ]),
      finish,
      text: (await second.finalChatCompletion()).choices[0].message.content,
    }
  },

  /** The client's own loop: it calls the tools and sends their results. */
  async runTools({ model, prompt }) {
    const runner = client.chat.completions.runTools({
      model,
      messages: ask(prompt),
      tools: tools.map(({ name, description, schema, result }) => ({
        type: 'function',
        function: {
          name,
          description,
          parameters: z.toJSONSchema(schema),
          parse: (text) => schema.parse(JSON.parse(text)),
          function: () => JSON.stringify(result),
        },
      })),
    })
    return { text: await runner.finalContent() }
  },

  async structure({ model, prompt }) {
    const { choices } = await client.chat.completions.parse({
      model,
      messages: ask(prompt),
      response_format: zodResponseFormat(recipe, 'recipe'),
    })
    return recipe.parse(choices[0].message.parsed)
  },

  async seeImage({ model, prompt }) {
    const { choices } = await client.chat.completions.create({
      model,
      messages: ask([
        { type: 'text', text: prompt },
        { type: 'image_url', image_url: { url: pngDataUrl } },
      ]),
    })
    return { text: choices[0].message.content }
  },

  async think({ model, prompt }) {
    const { choices } = await client.chat.completions.create({
      model,
      messages: ask(prompt),
      reasoning_effort: 'low',
    })
    const { content, reasoning_content: reasoning } = choices[0].message
    return { text: content, reasoning }
  },

  async listModels() {
    const names = []
    for await (const { id } of client.models.list()) names.push(id)
    return names
  },

  async embed({ model, texts }) {
    const { data, usage } = await client.embeddings.create({ model, input: texts })
    return { vectors: data.map(({ embedding }) => embedding), tokens: usage.prompt_tokens }
  },

  async abort({ model, prompt }) {
    const aborter = new AbortController()
    const stream = await client.chat.completions.create(
      { model, messages: ask(prompt), stream: true },
      { signal: aborter.signal },
    )
    return abortAtFirstText(stream, textOf, () => aborter.abort())
  },
})
