import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { aiSdkSteps } from './ai-sdk-steps.mjs'
import { gatewayUrl, token } from './samples.mjs'
import { serveSteps } from './serve-steps.mjs'

serveSteps(
  aiSdkSteps({
    providerFor: ({ apiKey = token }) =>
      createOpenAICompatible({
        name: 'gateway',
        apiKey,
        baseURL: `${gatewayUrl}/v1`,
        includeUsage: true,
        supportsStructuredOutputs: true,
      }),
    thinking: { gateway: { reasoningEffort: 'low' } },
  }),
)
