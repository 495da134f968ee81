import type { Model } from '../models.ts'
import type { GenerateContentRequest, GenerationConfig, Part } from '../wire/request.ts'
import { textTokens } from '../wire/tokens.ts'
import {
  codeExecutionParts,
  groundingMetadata,
  pngBase64,
  speechBase64,
} from './media-and-tools.ts'
import { functionCalls } from './function-calls.ts'
import { hasFunctionResponse, lastUserText } from './last-user-text.ts'
import { segmentOf } from './continuation.ts'
import { sampleValue } from './sample-value.ts'
import { thinkingTokens } from './thinking.ts'

/** The answer before it is split into chunks. */
export type Plan = {
  /** The thought summary; empty unless the client asked for thoughts. */
  thoughts: string
  thoughtTokens: number
  parts: readonly Part[]
  finishReason: string
  finishMessage?: string
  /** Added to the candidate, or to its last chunk: grounding, safety ratings and similar. */
  candidateExtras?: object
  /** A blocked prompt: no candidates at all. */
  promptFeedback?: object
  /** Index of this segment of a continued answer, from 0. */
  segment: number
  /** Number of text pieces in a stream. */
  pieces?: number
}

const maxEchoedLength = 600

export function planAnswer(request: GenerateContentRequest, model: Model): Plan {
  const text = lastUserText(request)
  const config = request.generationConfig ?? {}
  const thoughtTokens = thinkingTokens(model, config)
  const plan: Plan = {
    thoughts:
      config.thinkingConfig?.includeThoughts === true && thoughtTokens > 0
        ? `**Considering the request**\n\nThe last message has ${text.length} characters.`
        : '',
    thoughtTokens,
    parts: [],
    finishReason: 'STOP',
    segment: segmentOf(request.continuationToken),
  }
  if (hasEmptyAnswer(request, model)) return { ...plan, thoughtTokens: 0 }
  const medium = mediaParts(model, config)
  if (medium) return { ...plan, parts: medium }
  const calls = functionCalls(request, text)
  if (calls.length > 0) return { ...plan, parts: calls.map((functionCall) => ({ functionCall })) }
  return applyLimits(withTools(plan, request, answerText(request, text)), config)
}

/**
 * Gemini 3 and later return an empty answer without an error if text is in the same content as
 * function responses, or if calls and responses do not match.
 */
function hasEmptyAnswer(request: GenerateContentRequest, model: Model): boolean {
  const last = request.contents?.at(-1)
  if (model.generation < 3 || !last?.parts || !hasFunctionResponse(last)) return false
  if (last.parts.some((part) => part.text !== undefined && part.text !== '')) return true
  const calls = (request.contents?.at(-2)?.parts ?? []).flatMap((part) => part.functionCall ?? [])
  const responses = last.parts.flatMap((part) => part.functionResponse ?? [])
  if (calls.length !== responses.length) return true
  const ids = new Set(calls.flatMap(({ id }) => id ?? []))
  return ids.size > 0 && responses.some(({ id }) => id !== undefined && !ids.has(id))
}

function mediaParts(model: Model, config: GenerationConfig): Part[] | undefined {
  const modalities = config.responseModalities ?? []
  if (model.kind === 'tts' || modalities.includes('AUDIO')) {
    return [{ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: speechBase64 } }]
  }
  const wantsImage = modalities.length === 0 || modalities.includes('IMAGE')
  if (model.kind !== 'image' || !wantsImage) return undefined
  const image: Part = { inlineData: { mimeType: 'image/png', data: pngBase64 } }
  const alone = modalities.length > 0 && !modalities.includes('TEXT')
  return alone ? [image] : [{ text: 'Here is a very small image.' }, image]
}

function answerText(request: GenerateContentRequest, text: string): string {
  const config = request.generationConfig ?? {}
  const schema = config.responseJsonSchema ?? config.responseSchema
  if (config.responseMimeType === 'application/json') {
    return JSON.stringify(schema === undefined ? { echo: text.slice(0, 100) } : sampleValue(schema))
  }
  if (config.responseMimeType === 'text/x.enum') return String(sampleValue(schema))
  const last = request.contents?.at(-1)
  if (hasFunctionResponse(last)) {
    const lines = (last?.parts ?? []).flatMap(({ functionResponse }) =>
      functionResponse
        ? [
            `${functionResponse.name ?? '?'} answered ${JSON.stringify(functionResponse.response ?? {})}.`,
          ]
        : [],
    )
    return lines.join('\n')
  }
  return `You said: ${text.length > maxEchoedLength ? `${text.slice(0, maxEchoedLength)}…` : text}`
}

function withTools(plan: Plan, request: GenerateContentRequest, text: string): Plan {
  const tools = request.tools ?? []
  const parts: Part[] = [{ text }]
  if (tools.some((tool) => tool.codeExecution)) parts.unshift(...codeExecutionParts)
  const searched = tools.some((tool) => tool.googleSearch ?? tool.googleSearchRetrieval)
  if (!searched) return { ...plan, parts }
  return { ...plan, parts, candidateExtras: { groundingMetadata: groundingMetadata(text) } }
}

/** Applies stop sequences and the output limit to the text. */
function applyLimits(plan: Plan, config: GenerationConfig): Plan {
  const { stopSequences = [], maxOutputTokens } = config
  if (stopSequences.length === 0 && maxOutputTokens === undefined) return plan
  let { finishReason } = plan
  const tokensLeft = Math.max(0, (maxOutputTokens ?? Infinity) - plan.thoughtTokens)
  const parts = plan.parts.map((part) => {
    if (part.text === undefined) return part
    const stops = stopSequences.map((stop) => part.text?.indexOf(stop) ?? -1)
    const stop = Math.min(...stops.filter((at) => at >= 0), part.text.length)
    const text = part.text.slice(0, stop)
    if (textTokens(text) <= tokensLeft) return { ...part, text }
    finishReason = 'MAX_TOKENS'
    return { ...part, text: text.slice(0, tokensLeft * 4) }
  })
  return { ...plan, parts, finishReason }
}
