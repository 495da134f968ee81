import { z } from 'zod'

/** Google changes its answers without notice: what is odd is not there, and never fails the rest. */
const lenient = <T extends z.ZodType>(schema: T) => schema.nullish().catch(undefined)
const list = <T extends z.ZodType>(item: T) => lenient(z.array(item))

const text = lenient(z.string())
const count = lenient(z.number())

const part = z.object({
  text,
  thought: lenient(z.boolean()),
  thoughtSignature: text,
  functionCall: lenient(
    z.object({ id: text, name: z.string(), args: lenient(z.record(z.string(), z.unknown())) }),
  ),
  inlineData: lenient(z.object({ mimeType: text, data: z.string() })),
  executableCode: lenient(z.object({ language: text, code: text })),
  codeExecutionResult: lenient(z.object({ outcome: text, output: text })),
})
export type AnswerPart = z.output<typeof part>

const grounding = z.object({
  groundingChunks: list(z.object({ web: lenient(z.object({ uri: z.string(), title: text })) })),
  groundingSupports: list(
    z.object({
      segment: lenient(z.object({ startIndex: count, endIndex: count, text })),
      groundingChunkIndices: list(z.number()),
    }),
  ),
})
export type Grounding = z.output<typeof grounding>

const tokenLogprob = z.object({ token: z.string(), logProbability: z.number() })
const logprobs = z.object({
  chosenCandidates: list(tokenLogprob),
  topCandidates: list(z.object({ candidates: list(tokenLogprob) })),
})
export type LogprobsResult = z.output<typeof logprobs>

const candidate = z.object({
  index: count,
  content: lenient(z.object({ parts: list(part) })),
  finishReason: text,
  finishMessage: text,
  groundingMetadata: lenient(grounding),
  logprobsResult: lenient(logprobs),
  continuationToken: text,
})
export type Candidate = z.output<typeof candidate>

const usageMetadata = z.object({
  promptTokenCount: count,
  cachedContentTokenCount: count,
  candidatesTokenCount: count,
  thoughtsTokenCount: count,
  toolUsePromptTokenCount: count,
  totalTokenCount: count,
})
export type UsageMetadata = z.output<typeof usageMetadata>

const errorBody = z.object({
  code: count,
  message: text,
  status: text,
  details: z.unknown().optional(),
})
export type GoogleErrorBody = z.output<typeof errorBody>

const answer = z.object({
  candidates: list(candidate),
  promptFeedback: lenient(z.object({ blockReason: text, blockReasonMessage: text })),
  usageMetadata: lenient(usageMetadata),
  error: lenient(errorBody),
})
export type GeminiAnswer = z.output<typeof answer>

/** One GenerateContentResponse, whole or one chunk of a stream; undefined when it is not even JSON of an object. */
export function readAnswer(json: string): GeminiAnswer | undefined {
  try {
    const read = answer.safeParse(JSON.parse(json))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
