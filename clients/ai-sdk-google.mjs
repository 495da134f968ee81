import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { aiSdkSteps } from './ai-sdk-steps.mjs'
import { gatewayUrl, token } from './samples.mjs'
import { serveSteps } from './serve-steps.mjs'

serveSteps(
  aiSdkSteps({
    providerFor: ({ apiKey = token }) =>
      createGoogleGenerativeAI({ apiKey, baseURL: `${gatewayUrl}/v1beta` }),
    thinking: { google: { thinkingConfig: { includeThoughts: true } } },
  }),
)
