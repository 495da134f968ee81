import { objectOf, parseJson, type JsonObject } from '../../runtime/json-value.ts'
import { usageOf, type Usage } from './usage-metadata.ts'

/**
 * The fields of Gemini's answers that translations use. Unexpected values count as absent. Read by hand, because validating each chunk
 * with a schema takes longer than JSON.parse.
 */
export type GeminiAnswer = {
  readonly candidates: readonly Candidate[]
  readonly blockReason: string | undefined
  readonly usage: Usage | undefined
  readonly error: GoogleErrorBody | undefined
}

export type Candidate = {
  readonly index: number
  readonly parts: readonly AnswerPart[]
  readonly finishReason: string | undefined
  /** Google's words about the finish reason. */
  readonly finishMessage: string | undefined
  readonly grounding: Grounding | undefined
  readonly logprobs: LogprobsResult | undefined
  readonly continuationToken: string | undefined
}

export type AnswerPart = {
  readonly text?: string | undefined
  readonly thought?: boolean
  readonly thoughtSignature?: string | undefined
  readonly functionCall?: FunctionCall | undefined
  readonly inlineData?: InlineData | undefined
  readonly executableCode?: { readonly language: string; readonly code: string } | undefined
  readonly codeExecutionResult?: { readonly outcome: string; readonly output: string } | undefined
}

type FunctionCall = {
  readonly id: string | undefined
  readonly name: string
  readonly args: JsonObject
}
type InlineData = { readonly mimeType: string | undefined; readonly data: string }

export type Grounding = {
  /** Undefined for sources that are not pages, because supports refer to sources by index. */
  readonly pages: readonly (Page | undefined)[]
  readonly supports: readonly Support[]
}
type Page = { readonly url: string; readonly title: string }
type Support = {
  readonly segment: Segment
  readonly pages: readonly number[]
}
export type Segment = {
  readonly startIndex: number
  readonly endIndex: number
  readonly text: string
}

export type TokenLogprob = { readonly token: string; readonly logProbability: number }
export type LogprobsResult = {
  readonly chosen: readonly TokenLogprob[]
  readonly top: readonly (readonly TokenLogprob[])[]
}

export type GoogleErrorBody = JsonObject

/** Reads a GenerateContentResponse or a chunk of one; undefined when the text is not a JSON object. */
export function readAnswer(json: string): GeminiAnswer | undefined {
  const answer = objectOf(parseJson(json))
  if (answer === undefined) return undefined
  return {
    candidates: listOf(answer['candidates'], readCandidate),
    blockReason: textOf(objectOf(answer['promptFeedback'])?.['blockReason']),
    usage: usageOf(answer['usageMetadata']),
    error: objectOf(answer['error']),
  }
}

function readCandidate(candidate: JsonObject): Candidate {
  return {
    index: numberOf(candidate['index']) ?? 0,
    parts: listOf(objectOf(candidate['content'])?.['parts'], readPart),
    finishReason: textOf(candidate['finishReason']),
    finishMessage: textOf(candidate['finishMessage']),
    grounding: readGrounding(objectOf(candidate['groundingMetadata'])),
    logprobs: readLogprobs(objectOf(candidate['logprobsResult'])),
    continuationToken: textOf(candidate['continuationToken']),
  }
}

function readPart(part: JsonObject): AnswerPart {
  return {
    text: textOf(part['text']),
    thought: part['thought'] === true,
    thoughtSignature: textOf(part['thoughtSignature']),
    functionCall: readFunctionCall(objectOf(part['functionCall'])),
    inlineData: readInlineData(objectOf(part['inlineData'])),
    executableCode: readCode(objectOf(part['executableCode'])),
    codeExecutionResult: readCodeResult(objectOf(part['codeExecutionResult'])),
  }
}

function readFunctionCall(call: JsonObject | undefined): FunctionCall | undefined {
  const name = textOf(call?.['name'])
  if (call === undefined || name === undefined) return undefined
  return { id: textOf(call['id']), name, args: objectOf(call['args']) ?? {} }
}

function readInlineData(inline: JsonObject | undefined): InlineData | undefined {
  const data = textOf(inline?.['data'])
  if (inline === undefined || data === undefined) return undefined
  return { mimeType: textOf(inline['mimeType']), data }
}

function readCode(code: JsonObject | undefined): AnswerPart['executableCode'] {
  if (code === undefined) return undefined
  return { language: textOf(code['language']) ?? '', code: textOf(code['code']) ?? '' }
}

function readCodeResult(result: JsonObject | undefined): AnswerPart['codeExecutionResult'] {
  if (result === undefined) return undefined
  return { outcome: textOf(result['outcome']) ?? '', output: textOf(result['output']) ?? '' }
}

function readGrounding(grounding: JsonObject | undefined): Grounding | undefined {
  if (grounding === undefined) return undefined
  return {
    pages: listOf(grounding['groundingChunks'], (chunk) => readPage(objectOf(chunk['web']))),
    supports: listOf(grounding['groundingSupports'], readSupport),
  }
}

function readPage(web: JsonObject | undefined): Page | undefined {
  const url = textOf(web?.['uri'])
  return url === undefined ? undefined : { url, title: textOf(web?.['title']) ?? url }
}

function readSupport(support: JsonObject): Support {
  const segment = objectOf(support['segment'])
  const indices = support['groundingChunkIndices']
  return {
    segment: {
      startIndex: numberOf(segment?.['startIndex']) ?? 0,
      endIndex: numberOf(segment?.['endIndex']) ?? 0,
      text: textOf(segment?.['text']) ?? '',
    },
    pages: Array.isArray(indices) ? indices.filter((index) => typeof index === 'number') : [],
  }
}

function readLogprobs(result: JsonObject | undefined): LogprobsResult | undefined {
  if (result === undefined) return undefined
  return {
    chosen: tokensOf(result['chosenCandidates']),
    top: listOf(result['topCandidates'], (position) => tokensOf(position['candidates'])),
  }
}

function tokensOf(value: unknown): TokenLogprob[] {
  return listOf(value, (one) => ({
    token: textOf(one['token']) ?? '',
    logProbability: numberOf(one['logProbability']) ?? 0,
  }))
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined)

const emptyObject: JsonObject = {}

/** Elements that are not objects are read as empty ones, so that indices stay valid. */
function listOf<T>(value: unknown, read: (element: JsonObject) => T): T[] {
  return Array.isArray(value) ? value.map((one: unknown) => read(objectOf(one) ?? emptyObject)) : []
}
