import type { Model } from '../models.ts'
import type { Part } from '../wire/request.ts'
import type { Candidate, GenerateContentResponse, UsageMetadata } from '../wire/response.ts'
import { issueSignature } from '../wire/signature.ts'
import { textTokens, tokensDetails, total } from '../wire/tokens.ts'
import type { TokenCounts } from '../wire/tokens.ts'
import type { Plan } from './plan.ts'

/** What every piece of one answer has in common. */
export type Answering = {
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

/** proto3 JSON leaves zeros out. */
function usage(answering: Answering, spent: { visible: number; thoughts: number }): UsageMetadata {
  const { prompt, cachedTokens, serviceTier } = answering
  const promptTokenCount = total(prompt)
  const counts: UsageMetadata = { promptTokenCount, totalTokenCount: 0 }
  if (cachedTokens > 0) counts.cachedContentTokenCount = cachedTokens
  if (spent.visible > 0) counts.candidatesTokenCount = spent.visible
  counts.totalTokenCount = promptTokenCount + spent.visible + spent.thoughts
  counts.promptTokensDetails = tokensDetails(prompt)
  if (spent.thoughts > 0) counts.thoughtsTokenCount = spent.thoughts
  counts.serviceTier = serviceTier
  return counts
}

/** Signs the first function call; later parallel calls carry none. Text is signed at its end. */
function signed(parts: readonly Part[], answering: Answering): Part[] {
  const { model, responseId } = answering
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
  answering: Answering,
  fields: { candidates?: Candidate[]; usageMetadata: UsageMetadata },
): GenerateContentResponse {
  return {
    ...fields,
    modelVersion: answering.model.version,
    responseId: answering.responseId,
  }
}

function blocked(plan: Plan, answering: Answering): GenerateContentResponse {
  return {
    ...(plan.promptFeedback === undefined ? {} : { promptFeedback: plan.promptFeedback }),
    ...frame(answering, { usageMetadata: usage(answering, { visible: 0, thoughts: 0 }) }),
  }
}

function ending(plan: Plan): Pick<Candidate, 'finishReason' | 'finishMessage'> {
  return {
    finishReason: plan.finishReason,
    ...(plan.finishMessage === undefined ? {} : { finishMessage: plan.finishMessage }),
  }
}

/** The whole answer in one piece. */
export function toResponse(plan: Plan, answering: Answering): GenerateContentResponse {
  if (plan.promptFeedback) return blocked(plan, answering)
  const thoughts: Part[] = plan.thoughts === '' ? [] : [{ text: plan.thoughts, thought: true }]
  const parts = [...thoughts, ...signed(plan.parts, answering)]
  // An answer without parts has no role either.
  const content = parts.length === 0 ? {} : { parts, role: 'model' }
  const candidates = Array.from({ length: answering.candidates }, (_, index) => ({
    content,
    ...ending(plan),
    index,
    ...plan.candidateExtras,
  }))
  const visible = plan.parts.reduce((sum, part) => sum + outputTokens(part), 0)
  const spent = { visible: visible * candidates.length, thoughts: plan.thoughtTokens }
  return frame(answering, { candidates, usageMetadata: usage(answering, spent) })
}

/** The answer as a row of chunks, each with the running totals. */
export function toChunks(
  plan: Plan,
  answering: Answering,
  pieces: number,
): GenerateContentResponse[] {
  if (plan.promptFeedback) return [blocked(plan, answering)]
  const steps = streamParts(plan, answering, pieces)
  let visible = 0
  return steps.map((parts, index) => {
    visible += parts.reduce((sum, part) => sum + outputTokens(part), 0)
    const isLast = index === steps.length - 1
    const candidate = {
      content: parts.length === 0 ? {} : { parts, role: 'model' },
      ...(isLast ? ending(plan) : {}),
      index: 0,
      ...(isLast ? plan.candidateExtras : {}),
    }
    return frame(answering, {
      candidates: [candidate],
      usageMetadata: usage(answering, { visible, thoughts: plan.thoughtTokens }),
    })
  })
}

/** Which parts travel in which chunk. Calls and media arrive whole, text in pieces. */
function streamParts(plan: Plan, answering: Answering, pieces: number): Part[][] {
  const steps: Part[][] = plan.thoughts === '' ? [] : [[{ text: plan.thoughts, thought: true }]]
  const hasCall = plan.parts.some((part) => part.functionCall)
  const parts = hasCall ? signed(plan.parts, answering) : plan.parts
  for (const part of parts) {
    if (part.text === undefined) steps.push([part])
    else for (const text of cut(part.text, pieces)) steps.push([{ text }])
  }
  if (plan.parts.length === 0) return [...steps, []]
  if (answering.model.generation < 3) return steps
  // Since Gemini 3 the last chunk has an empty text, which carries the signature of the text before.
  const signature =
    hasCall || !answering.model.checksSignatures
      ? {}
      : { thoughtSignature: issueSignature(answering.responseId) }
  return [...steps, [{ text: '', ...signature }]]
}

/** Cuts a text into about equal pieces, never between the halves of one character. */
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
