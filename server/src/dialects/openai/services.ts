import type { DialectServices } from '../services.ts'

export type OpenAiServices = DialectServices & {
  /** Dialect label for the request log. */
  readonly label: 'openai' | 'openai-native' | 'openai-translated'
}
