import type { DialectServices } from '../services.ts'

/** What OpenAI's operations are built from. */
export type OpenAiServices = DialectServices & {
  /** What the request log calls their requests. */
  readonly label: 'openai' | 'openai-native' | 'openai-translated'
}
