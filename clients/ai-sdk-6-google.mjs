import { createGoogleGenerativeAI } from '@ai-sdk/google-3'
import * as ai from 'ai-6'
import { googleSteps } from './steps/ai-sdk-steps.mjs'
import { serveSteps } from './steps/serve-steps.mjs'

serveSteps(googleSteps(ai, createGoogleGenerativeAI))
