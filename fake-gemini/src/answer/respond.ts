import type { Model } from '../models.ts'
import type { Part } from '../wire/request.ts'
import type { Candidate, GenerateContentResponse, UsageMetadata } from '../wire/response.ts'
import { issueSignature } from '../wire/signature.ts'
import { textTokens, tokensDetails, total } from '../wire/tokens.ts'
import type { TokenCounts } from '../wire/tokens.ts'
import type { Plan } from './plan.ts'

/** Shared by all chunks of one answer. */
export type AnswerContext = {
  model: Model
  prompt: TokenCounts
  responseId: string
  serviceTier: string
  cachedTokens: number
  candidates: number
}

const imageTokens = 1290

function outputTokens(part: Part): number {
  if (part.thought === true) return 0
  if (part.text !== undefined) return textTokens(part.text)
  return part.inlineData ? imageTokens : textTokens(JSON.stringify(part))
}

/** Without zeros, as in proto3 JSON. */
function usage(
  answerContext: AnswerContext,
  outputCounts: { visible: number; thoughts: number },
): UsageMetadata {
  const { prompt, cachedTokens, serviceTier } = answerContext
  const promptTokenCount = total(prompt)
  const counts: UsageMetadata = { promptTokenCount, totalTokenCount: 0 }
  if (cachedTokens > 0) counts.cachedContentTokenCount = cachedTokens
  if (outputCounts.visible > 0) counts.candidatesTokenCount = outputCounts.visible
  counts.totalTokenCount = promptTokenCount + outputCounts.visible + outputCounts.thoughts
  counts.promptTokensDetails = tokensDetails(prompt)
  if (outputCounts.thoughts > 0) counts.thoughtsTokenCount = outputCounts.thoughts
  counts.serviceTier = serviceTier
  return counts
}

/** Signs the first of parallel function calls only. Text is signed at its end. */
function withSignature(parts: readonly Part[], answerContext: AnswerContext): Part[] {
  const { model, responseId } = answerContext
  const result = parts.map((part, index): Part => {
    if (!part.functionCall || model.generation < 3) return part
    const id = `${responseId.slice(0, 6)}${index}`
    return { functionCall: { id, ...part.functionCall } }
  })
  if (!model.checksSignatures) return result
  const firstCall = result.findIndex((part) => part.functionCall)
  const at = firstCall >= 0 ? firstCall : result.length - 1
  const target = result[at]
  if (target) result[at] = { ...target, thoughtSignature: issueSignature(responseId) }
  return result
}

function frame(
  answerContext: AnswerContext,
  fields: { candidates?: Candidate[]; usageMetadata: UsageMetadata },
): GenerateContentResponse {
  return {
    ...fields,
    modelVersion: answerContext.model.version,
    responseId: answerContext.responseId,
  }
}

function blocked(plan: Plan, answerContext: AnswerContext): GenerateContentResponse {
  return {
    ...(plan.promptFeedback === undefined ? {} : { promptFeedback: plan.promptFeedback }),
    ...frame(answerContext, { usageMetadata: usage(answerContext, { visible: 0, thoughts: 0 }) }),
  }
}

function finishFields(plan: Plan): Pick<Candidate, 'finishReason' | 'finishMessage'> {
  return {
    finishReason: plan.finishReason,
    ...(plan.finishMessage === undefined ? {} : { finishMessage: plan.finishMessage }),
  }
}

export function toResponse(plan: Plan, answerContext: AnswerContext): GenerateContentResponse {
  if (plan.promptFeedback) return blocked(plan, answerContext)
  const thoughts: Part[] = plan.thoughts === '' ? [] : [{ text: plan.thoughts, thought: true }]
  const parts = [...thoughts, ...withSignature(plan.parts, answerContext)]
  // Google omits the role if there are no parts.
  const content = parts.length === 0 ? {} : { parts, role: 'model' }
  const candidates = Array.from({ length: answerContext.candidates }, (_, index) => ({
    content,
    ...finishFields(plan),
    index,
    ...plan.candidateExtras,
  }))
  const visible = plan.parts.reduce((sum, part) => sum + outputTokens(part), 0)
  const outputCounts = { visible: visible * candidates.length, thoughts: plan.thoughtTokens }
  return frame(answerContext, { candidates, usageMetadata: usage(answerContext, outputCounts) })
}

/** Each chunk has the usage so far. */
export function toChunks(
  plan: Plan,
  answerContext: AnswerContext,
  pieces: number,
): GenerateContentResponse[] {
  if (plan.promptFeedback) return [blocked(plan, answerContext)]
  const steps = streamParts(plan, answerContext, pieces)
  let visible = 0
  return steps.map((parts, index) => {
    visible += parts.reduce((sum, part) => sum + outputTokens(part), 0)
    const isLast = index === steps.length - 1
    const candidate = {
      content: parts.length === 0 ? {} : { parts, role: 'model' },
      ...(isLast ? finishFields(plan) : {}),
      index: 0,
      ...(isLast ? plan.candidateExtras : {}),
    }
    return frame(answerContext, {
      candidates: [candidate],
      usageMetadata: usage(answerContext, { visible, thoughts: plan.thoughtTokens }),
    })
  })
}

/** The parts of each chunk. Function calls and media are sent whole, text in pieces. */
function streamParts(plan: Plan, answerContext: AnswerContext, pieces: number): Part[][] {
  const steps: Part[][] = plan.thoughts === '' ? [] : [[{ text: plan.thoughts, thought: true }]]
  const hasCall = plan.parts.some((part) => part.functionCall)
  const parts = hasCall ? withSignature(plan.parts, answerContext) : plan.parts
  for (const part of parts) {
    if (part.text === undefined) steps.push([part])
    else for (const text of cut(part.text, pieces)) steps.push([{ text }])
  }
  if (plan.parts.length === 0) return [...steps, []]
  if (answerContext.model.generation < 3) return steps
  // Since Gemini 3 the last chunk has an empty text with the signature of the text before it.
  const signature =
    hasCall || !answerContext.model.checksSignatures
      ? {}
      : { thoughtSignature: issueSignature(answerContext.responseId) }
  return [...steps, [{ text: '', ...signature }]]
}

/** Splits a text into pieces of about equal length, never inside a surrogate pair. */
export function cut(text: string, pieces: number): string[] {
  const size = Math.max(1, Math.ceil(text.length / Math.max(1, pieces)))
  const result: string[] = []
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + size)
    const unit = text.charCodeAt(end - 1)
    if (unit >= 0xd800 && unit <= 0xdbff) end += 1
    result.push(text.slice(start, end))
    start = end
  }
  return result.length === 0 ? [''] : result
}
