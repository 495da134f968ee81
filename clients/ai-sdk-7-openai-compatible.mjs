import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import * as ai from 'ai'
import { openAiCompatibleSteps } from './steps/ai-sdk-steps.mjs'
import { serveSteps } from './steps/serve-steps.mjs'

serveSteps(openAiCompatibleSteps(ai, createOpenAICompatible))
