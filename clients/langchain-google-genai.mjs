import { ChatGoogleGenerativeAI, GoogleGenerativeAIEmbeddings } from '@langchain/google-genai'
import { langchainSteps } from './langchain-steps.mjs'
import { gatewayUrl, token } from './samples.mjs'
import { serveSteps } from './serve-steps.mjs'

serveSteps(
  langchainSteps({
    modelFor: ({ apiKey = token, ...options }) =>
      new ChatGoogleGenerativeAI({ ...options, apiKey, baseUrl: gatewayUrl, maxRetries: 0 }),
    embeddingsFor: ({ model }) =>
      new GoogleGenerativeAIEmbeddings({ model, apiKey: token, baseUrl: gatewayUrl }),
    thinking: { thinkingConfig: { includeThoughts: true } },
  }),
)
