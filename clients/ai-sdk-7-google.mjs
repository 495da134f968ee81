import { createGoogleGenerativeAI } from '@ai-sdk/google'
import * as ai from 'ai'
import { googleSteps } from './steps/ai-sdk-steps.mjs'
import { serveSteps } from './steps/serve-steps.mjs'

serveSteps(googleSteps(ai, createGoogleGenerativeAI))
