import type { Outcome } from '../../google/outcome.ts'
import { parseJson, type JsonObject } from '../../runtime/json-value.ts'
import type { UpstreamCall } from '../../google/upstream-call.ts'
import { verdictOfContent } from '../../google/answers/answer-content.ts'
import { classifyError } from '../../google/errors/classify-error.ts'
import { verdictOfOpenAiContent } from '../../google/answers/openai-content.ts'
import {
  openAiUsageOf,
  readOpenAiUsage,
  readUsage,
  usageOf,
  type Usage,
} from '../../google/answers/usage-metadata.ts'
import { joinBuffers } from '../../runtime/join-buffers.ts'
import type { Inspector } from './inspector.ts'
import { createArraySplitter, createSseSplitter } from '../../google/answers/stream-chunks.ts'

/** How much of an answer is held back. What is longer carries something for certain. */
export const holdBackBytes = 256 * 1024

export type InspectorDeps = { readonly scrub: (text: string) => string }

/** The judge for an answer to this call with this status. */
export function inspectorFor(deps: InspectorDeps, call: UpstreamCall, status: number): Inspector {
  if (status >= 400) return createErrorInspector(deps, call, status)
  const words = call.shape === 'openai' ? openAiWords : googleWords
  if (!call.generates) return createPlainInspector(status)
  return call.framing === 'unary'
    ? createUnaryInspector(deps, call, { status, words })
    : createStreamInspector(deps, call, { status, words })
}

/** How an answer says what it says. */
type AnswerFormat = {
  readonly judge: typeof verdictOfContent
  readonly usageIn: (answer: JsonObject) => Usage | undefined
  readonly readUsage: (bytes: Buffer) => Usage | undefined
}
type Good = { readonly status: number; readonly words: AnswerFormat }

const googleWords: AnswerFormat = {
  judge: verdictOfContent,
  usageIn: (answer) => usageOf(answer['usageMetadata']),
  readUsage,
}
const openAiWords: AnswerFormat = {
  judge: verdictOfOpenAiContent,
  usageIn: (answer) => openAiUsageOf(answer['usage']),
  readUsage: readOpenAiUsage,
}

function classify(
  deps: InspectorDeps,
  { usesResource, credential }: UpstreamCall,
  error: { status: number; bodyText: string },
): Outcome {
  return classifyError({ ...deps, ...error, usesResource, asBearer: credential === 'bearer' })
}

/** Collects an error until it is whole: only a whole error can be read. */
function createErrorInspector(deps: InspectorDeps, call: UpstreamCall, status: number): Inspector {
  const held = createHold()
  const read = () => classify(deps, call, { status, bodyText: held.bytes().toString('utf8') })
  return {
    push: (chunk) => (held.add(chunk) > holdBackBytes ? read() : undefined),
    end: read,
  }
}

/** An answer that is not generated: anything is an answer, but nothing. */
function createPlainInspector(status: number): Inspector {
  const held = createHold()
  return {
    push: (chunk) =>
      held.add(chunk) > holdBackBytes ? { verdict: 'answered', status } : undefined,
    end: () => ({
      verdict: held.bytes().length === 0 && status === 200 ? 'answer-empty' : 'answered',
      status,
    }),
  }
}

/** A generated answer in one piece: read when whole, unless it is too long to be empty. */
function createUnaryInspector(
  deps: InspectorDeps,
  call: UpstreamCall,
  { status, words }: Good,
): Inspector {
  const held = createHold()
  let usage: Usage | undefined
  return {
    push: (chunk) =>
      held.add(chunk) > holdBackBytes ? { verdict: 'answered', status } : undefined,
    end() {
      const bytes = held.bytes()
      // What is judged is ASCII, and so are quotes and braces in whatever text: read as bytes, it costs half.
      const answer = parse(bytes.toString('latin1'))
      if (answer !== undefined && saysError(answer)) {
        return classify(deps, call, { status: 500, bodyText: bytes.toString('utf8') })
      }
      usage = answer && words.usageIn(answer)
      const verdict = words.judge(answer)
      return usage === undefined
        ? { verdict, status }
        : { verdict, status, inputTokens: usage.prompt }
    },
    usage: () => usage,
    readUsage: words.readUsage,
  }
}

/** A generated answer in chunks: held until the first one that carries something, or fails, or finishes. */
function createStreamInspector(
  deps: InspectorDeps,
  call: UpstreamCall,
  { status, words }: Good,
): Inspector {
  const splitter = call.framing === 'sse' ? createSseSplitter() : createArraySplitter()
  let length = 0
  let inputTokens: number | undefined

  function judgeChunk(text: string): Outcome | undefined {
    const chunk = parse(text)
    if (chunk === undefined) return undefined
    // An error that arrives as the first chunk of a 200 is an error like any other.
    if (saysError(chunk)) return classify(deps, call, { status: 500, bodyText: text })
    inputTokens = words.usageIn(chunk)?.prompt ?? inputTokens
    const verdict = words.judge(chunk)
    return verdict === 'answer-empty' ? undefined : outcome(verdict)
  }

  const outcome = (verdict: Outcome['verdict']): Outcome =>
    inputTokens === undefined ? { verdict, status } : { verdict, status, inputTokens }

  return {
    push(bytes) {
      for (const text of splitter.push(bytes)) {
        const inspected = judgeChunk(text)
        if (inspected !== undefined) return inspected
      }
      length += bytes.length
      return length > holdBackBytes ? outcome('answered') : undefined
    },
    end() {
      for (const text of splitter.flush()) {
        const inspected = judgeChunk(text)
        if (inspected !== undefined) return inspected
      }
      return outcome('answer-empty')
    },
    readUsage: words.readUsage,
  }
}

function createHold() {
  const chunks: Buffer[] = []
  let length = 0
  return {
    add(chunk: Buffer): number {
      chunks.push(chunk)
      length += chunk.length
      return length
    },
    bytes: () => joinBuffers(chunks),
  }
}

/** Google wraps errors in a list on its OpenAI endpoint. */
function saysError(answer: JsonObject): boolean {
  const first: unknown = Array.isArray(answer) ? answer[0] : answer
  return isRecord(first) && first['error'] !== undefined
}

function parse(text: string): JsonObject | undefined {
  const value = parseJson(text)
  return isRecord(value) ? value : undefined
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}
