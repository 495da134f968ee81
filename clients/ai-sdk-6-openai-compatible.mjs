import { createOpenAICompatible } from '@ai-sdk/openai-compatible-2'
import * as ai from 'ai-6'
import { openAiCompatibleSteps } from './steps/ai-sdk-steps.mjs'
import { serveSteps } from './steps/serve-steps.mjs'

serveSteps(openAiCompatibleSteps(ai, createOpenAICompatible))
