import { gatewayUrl, pngDataUrl, recipe, token, tools } from './samples.mjs'
import { abortAtFirstText, readTexts } from './serve-steps.mjs'

globalThis.AI_SDK_LOG_WARNINGS = false

const usageOf = ({ inputTokens: input, outputTokens: output }) => ({ input, output })
const callsOf = ([{ toolCalls }]) => toolCalls.map(({ toolName, input }) => [toolName, input])

/** The text of a stream's part; a stream does not throw its error, it contains it. */
function textOf({ type, text, error }) {
  if (type === 'error') throw error
  return type === 'text-delta' ? text : undefined
}
const ignored = () => {}

/** The steps of Google's provider; `ai` is the SDK in any version. */
export const googleSteps = (ai, createProvider) =>
  aiSdkSteps(ai, {
    providerFor: (apiKey = token) => createProvider({ apiKey, baseURL: `${gatewayUrl}/v1beta` }),
    thinking: { google: { thinkingConfig: { includeThoughts: true } } },
  })

export const openAiCompatibleSteps = (ai, createProvider) =>
  aiSdkSteps(ai, {
    providerFor: (apiKey = token) =>
      createProvider({
        name: 'gateway',
        apiKey,
        baseURL: `${gatewayUrl}/v1`,
        includeUsage: true,
        supportsStructuredOutputs: true,
      }),
    thinking: { gateway: { reasoningEffort: 'low' } },
  })

function toolLoop({ tool, stepCountIs }) {
  const declared = tools.map(({ name, description, schema, result }) => [
    name,
    tool({ description, inputSchema: schema, execute: () => result }),
  ])
  return { tools: Object.fromEntries(declared), stopWhen: stepCountIs(3) }
}

function aiSdkSteps(ai, { providerFor, thinking }) {
  const { embedMany, generateObject, generateText, Output, streamText } = ai
  const loop = toolLoop(ai)
  const request = ({ model, apiKey, ...more }) => ({
    maxRetries: 0,
    model: providerFor(apiKey)(model),
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
      const { steps, text } = await generateText({ ...request(input), ...loop })
      return { calls: callsOf(steps), text }
    },

    async streamTools(input) {
      const { steps, text } = streamText({ ...request(input), ...loop })
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
        { type: 'image', image: pngDataUrl },
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
        model: providerFor().embeddingModel(model),
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
