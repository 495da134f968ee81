import { embedMany, generateObject, generateText, Output, stepCountIs, streamText, tool } from 'ai'
import { png, recipe, tools } from './samples.mjs'
import { abortAtFirstText, readTexts } from './serve-steps.mjs'

const sdkTools = Object.fromEntries(
  tools.map(({ name, description, schema, result }) => [
    name,
    tool({ description, inputSchema: schema, execute: () => result }),
  ]),
)
const toolLoop = { tools: sdkTools, stopWhen: stepCountIs(3) }

const usageOf = ({ inputTokens: input, outputTokens: output }) => ({ input, output })
const callsOf = ([{ toolCalls }]) => toolCalls.map(({ toolName, input }) => [toolName, input])

/** The text of a stream's part; a stream does not throw its error, it contains it. */
function textOf({ type, text, error }) {
  if (type === 'error') throw error
  return type === 'text-delta' ? text : undefined
}
const ignored = () => {}

/** What all providers of the AI SDK have in common. `providerFor` makes one. */
export const aiSdkSteps = ({ providerFor, thinking }) => {
  const request = ({ model, apiKey, ...more }) => ({
    maxRetries: 0,
    model: providerFor({ apiKey })(model),
    ...more,
  })

  return {
    async answer(input) {
      const { text, usage } = await generateText(request(input))
      return { text, usage: usageOf(usage) }
    },

    async stream(input) {
      const stream = streamText({ ...request(input), onError: ignored })
      const read = await readTexts(stream.fullStream, textOf)
      return { ...read, usage: usageOf(await stream.usage) }
    },

    async callTools(input) {
      const { steps, text } = await generateText({ ...request(input), ...toolLoop })
      return { calls: callsOf(steps), text }
    },

    async streamTools(input) {
      const { steps, text } = streamText({ ...request(input), ...toolLoop })
      return { calls: callsOf(await steps), text: await text }
    },

    async structure(input) {
      const { output } = await generateText({
        ...request(input),
        output: Output.object({ schema: recipe }),
      })
      return output
    },

    async structureAlone(input) {
      return (await generateObject({ ...request(input), schema: recipe })).object
    },

    async seeImage({ prompt, ...input }) {
      const content = [
        { type: 'text', text: prompt },
        { type: 'image', image: png },
      ]
      const { text } = await generateText({
        ...request(input),
        messages: [{ role: 'user', content }],
      })
      return { text }
    },

    async think(input) {
      const { text, reasoningText } = await generateText({
        ...request(input),
        providerOptions: thinking,
      })
      return { text, reasoning: reasoningText }
    },

    async streamThoughts(input) {
      const { text, reasoningText } = streamText({ ...request(input), providerOptions: thinking })
      return { text: await text, reasoning: await reasoningText }
    },

    async embed({ model, texts }) {
      const { embeddings } = await embedMany({
        model: providerFor({}).embeddingModel(model),
        values: texts,
      })
      return { vectors: embeddings }
    },

    async abort(input) {
      const aborter = new AbortController()
      const { fullStream } = streamText({ ...request(input), abortSignal: aborter.signal })
      return abortAtFirstText(fullStream, textOf, () => aborter.abort())
    },
  }
}
