import { verdictOfContent } from '../../google/answers/answer-content.ts'
import { verdictOfOpenAiContent } from '../../google/answers/openai-content.ts'
import {
  openAiUsageOf,
  readOpenAiUsage,
  readUsage,
  usageOf,
  type Usage,
} from '../../google/answers/usage-metadata.ts'
import type { UpstreamCall } from '../../google/upstream-call.ts'
import { parseJson, type JsonObject } from '../../runtime/json-value.ts'

/** How to read the answers of one of Google's APIs: Gemini's own, or its OpenAI endpoint. */
export type AnswerFormat = {
  readonly verdictOf: typeof verdictOfContent
  readonly usageIn: (answer: JsonObject) => Usage | undefined
  readonly readUsage: (bytes: Buffer) => Usage | undefined
}

const geminiFormat: AnswerFormat = {
  verdictOf: verdictOfContent,
  usageIn: (answer) => usageOf(answer['usageMetadata']),
  readUsage,
}

const openAiFormat: AnswerFormat = {
  verdictOf: verdictOfOpenAiContent,
  usageIn: (answer) => openAiUsageOf(answer['usage']),
  readUsage: readOpenAiUsage,
}

export const formatOf = ({ shape }: UpstreamCall): AnswerFormat =>
  shape === 'openai' ? openAiFormat : geminiFormat

/** Google wraps errors in a list on its OpenAI endpoint. */
export function hasError(answer: JsonObject): boolean {
  const first: unknown = Array.isArray(answer) ? answer[0] : answer
  return isRecord(first) && first['error'] !== undefined
}

/** An object, or a list with an error in it; undefined when the text is neither. */
export function parseAnswer(text: string): JsonObject | undefined {
  const value = parseJson(text)
  return isRecord(value) ? value : undefined
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}
