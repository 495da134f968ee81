import { ChatGoogleGenerativeAI, GoogleGenerativeAIEmbeddings } from '@langchain/google-genai'
import { langchainSteps } from './steps/langchain-steps.mjs'
import { gatewayUrl, token } from './steps/samples.mjs'
import { serveSteps } from './steps/serve-steps.mjs'

// After an abort this client also rejects a promise that it gives to nobody.
process.on('unhandledRejection', (error) => {
  if (!error.message.includes('Error reading from the stream')) throw error
})

serveSteps(
  langchainSteps({
    modelFor: ({ apiKey = token, ...options }) =>
      new ChatGoogleGenerativeAI({ ...options, apiKey, baseUrl: gatewayUrl, maxRetries: 0 }),
    embeddingsFor: ({ model }) =>
      new GoogleGenerativeAIEmbeddings({ model, apiKey: token, baseUrl: gatewayUrl }),
    thinking: { thinkingConfig: { includeThoughts: true } },
    thoughtsOf: ({ content }) => content.find(({ type }) => type === 'thinking')?.thinking,
  }),
)
