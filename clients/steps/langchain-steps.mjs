import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { pngDataUrl, recipe, resultOf, tools } from './samples.mjs'
import { abortAtFirstText, readTexts } from './serve-steps.mjs'

const chainTools = tools.map(({ name, description, schema, result }) =>
  tool(() => JSON.stringify(result), { name, description, schema }),
)

const usageOf = ({ input_tokens: input, output_tokens: output }) => ({ input, output })
const textOf = ({ text }) => text

const toolMessages = (calls) =>
  calls.map(
    ({ id, name }) =>
      new ToolMessage({ tool_call_id: id, name, content: JSON.stringify(resultOf(name)) }),
  )

const callsOf = ({ tool_calls: calls }) => calls.map(({ name, args }) => [name, args])

/** What LangChain's chat models have in common. `modelFor` makes one, `embeddingsFor` its embeddings; `thoughtsOf` reads an answer's thoughts. */
export const langchainSteps = ({ modelFor, embeddingsFor, thinking, thoughtsOf }) => ({
  async answer({ prompt, ...options }) {
    const answer = await modelFor(options).invoke(prompt)
    return { text: answer.text, usage: usageOf(answer.usage_metadata) }
  },

  async stream({ prompt, ...options }) {
    let whole
    const read = await readTexts(await modelFor(options).stream(prompt), (chunk) => {
      whole = whole === undefined ? chunk : whole.concat(chunk)
      return chunk.text
    })
    return { ...read, usage: usageOf(whole.usage_metadata) }
  },

  async callTools({ prompt, ...options }) {
    const model = modelFor(options).bindTools(chainTools)
    const messages = [new HumanMessage(prompt)]
    const first = await model.invoke(messages)
    messages.push(first, ...toolMessages(first.tool_calls))
    const second = await model.invoke(messages)
    return { calls: callsOf(first), text: second.text }
  },

  async streamTools({ prompt, ...options }) {
    const model = modelFor(options).bindTools(chainTools)
    const messages = [new HumanMessage(prompt)]
    let first
    for await (const chunk of await model.stream(messages)) {
      first = first === undefined ? chunk : first.concat(chunk)
    }
    messages.push(first, ...toolMessages(first.tool_calls))
    const { text } = await readTexts(await model.stream(messages), textOf)
    return { calls: callsOf(first), text }
  },

  async structure({ prompt, ...options }) {
    return recipe.parse(await modelFor(options).withStructuredOutput(recipe).invoke(prompt))
  },

  async seeImage({ prompt, ...options }) {
    const content = [
      { type: 'text', text: prompt },
      { type: 'image_url', image_url: { url: pngDataUrl } },
    ]
    return { text: (await modelFor(options).invoke([new HumanMessage({ content })])).text }
  },

  async think({ prompt, ...options }) {
    const answer = await modelFor({ ...options, ...thinking }).invoke(prompt)
    return { text: answer.text, reasoning: thoughtsOf(answer) }
  },

  async embed({ model, texts }) {
    return { vectors: await embeddingsFor({ model }).embedDocuments(texts) }
  },

  async abort({ prompt, ...options }) {
    const aborter = new AbortController()
    const stream = await modelFor(options).stream(prompt, { signal: aborter.signal })
    return abortAtFirstText(stream, textOf, () => aborter.abort())
  },
})
