import { createArraySplitter, createSseSplitter } from '../../google/answers/stream-chunks.ts'
import type { Outcome } from '../../google/outcome.ts'
import type { UpstreamCall } from '../../google/upstream-call.ts'
import { hasError, parseAnswer, type AnswerFormat } from './answer-format.ts'
import { classifyAnswer } from './error-inspector.ts'
import { holdBackBytes } from './held-bytes.ts'
import type { Inspector, InspectorDeps } from './inspector.ts'

/** A generated answer in chunks: held until one has content, an error or a finish reason. */
export function createStreamInspector(
  deps: InspectorDeps,
  call: UpstreamCall,
  { status, format }: { readonly status: number; readonly format: AnswerFormat },
): Inspector {
  const splitter = call.framing === 'sse' ? createSseSplitter() : createArraySplitter()
  let length = 0
  let inputTokens: number | undefined

  function inspectChunk(text: string): Outcome | undefined {
    const chunk = parseAnswer(text)
    if (chunk === undefined) return undefined
    if (hasError(chunk)) return classifyAnswer(deps, call, { status: 500, bodyText: text })
    inputTokens = format.usageIn(chunk)?.prompt ?? inputTokens
    const verdict = format.verdictOf(chunk)
    return verdict === 'answer-empty' ? undefined : outcome(verdict)
  }

  function inspectChunks(texts: readonly string[]): Outcome | undefined {
    for (const text of texts) {
      const inspected = inspectChunk(text)
      if (inspected !== undefined) return inspected
    }
    return undefined
  }

  const outcome = (verdict: Outcome['verdict']): Outcome =>
    inputTokens === undefined ? { verdict, status } : { verdict, status, inputTokens }

  return {
    push(bytes) {
      length += bytes.length
      const inspected = inspectChunks(splitter.push(bytes))
      return inspected ?? (length > holdBackBytes ? outcome('answered') : undefined)
    },
    end: () => inspectChunks(splitter.flush()) ?? outcome('answer-empty'),
    readUsage: format.readUsage,
  }
}
