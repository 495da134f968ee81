import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { langchainSteps } from './steps/langchain-steps.mjs'
import { gatewayUrl, token } from './steps/samples.mjs'
import { serveSteps } from './steps/serve-steps.mjs'

const configuration = { baseURL: `${gatewayUrl}/v1` }

serveSteps(
  langchainSteps({
    modelFor: ({ apiKey = token, ...options }) =>
      new ChatOpenAI({ ...options, apiKey, configuration, maxRetries: 0 }),
    embeddingsFor: ({ model }) => new OpenAIEmbeddings({ model, apiKey: token, configuration }),
    // It sends its own `reasoning` to OpenAI's models only.
    thinking: { modelKwargs: { reasoning_effort: 'low' } },
    thoughtsOf: (answer) => answer.additional_kwargs.reasoning_content,
  }),
)
