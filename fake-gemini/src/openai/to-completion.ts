import type { Candidate, GenerateContentResponse } from '../wire/response.ts'
import type { Part } from '../wire/request.ts'

export function toCompletion(answer: GenerateContentResponse, created: number): object {
  return {
    ...frame(answer, { object: 'chat.completion', created }),
    choices: candidatesOf(answer).map((candidate) => {
      const parts = candidate.content.parts ?? []
      return {
        finish_reason: finishOf(candidate, parts),
        index: candidate.index,
        message: { role: 'assistant', ...contentOf(parts, { isOpen: false }).message },
      }
    }),
    usage: usageOf(answer),
  }
}

/** Converts all chunks together, because a thought can span several. */
export function toCompletionChunks(
  answers: readonly GenerateContentResponse[],
  { created, includeUsage }: { created: number; includeUsage: boolean },
): object[] {
  let isOpen = false
  let hasCalls = false
  return answers.map((answer, at) => {
    const choices = candidatesOf(answer).map((candidate) => {
      const parts = candidate.content.parts ?? []
      const isLast = candidate.finishReason !== undefined
      const { message, isThought } = contentOf(parts, { isOpen, goesOn: !isLast })
      isOpen = isThought
      hasCalls ||= parts.some((part) => part.functionCall)
      return {
        delta: { role: 'assistant', ...message },
        ...(isLast ? { finish_reason: finishOf(candidate, hasCalls ? 'calls' : parts) } : {}),
        index: candidate.index,
      }
    })
    const isLast = at === answers.length - 1
    return {
      ...frame(answer, { object: 'chat.completion.chunk', created }),
      choices,
      ...(includeUsage && isLast ? { usage: usageOf(answer) } : {}),
    }
  })
}

/** A blocked prompt has no candidates; it becomes a choice with the block reason. */
function candidatesOf({ candidates, promptFeedback }: GenerateContentResponse): Candidate[] {
  const finishReason = promptFeedback?.blockReason ?? 'OTHER'
  return candidates ?? [{ content: {}, finishReason, index: 0 }]
}

function frame(answer: GenerateContentResponse, more: { object: string; created: number }): object {
  return { ...more, id: answer.responseId, model: answer.modelVersion }
}

/** Completion tokens exclude thoughts, so the total is more than the sum. */
function usageOf({ usageMetadata }: GenerateContentResponse): object {
  return {
    completion_tokens: usageMetadata.candidatesTokenCount ?? 0,
    prompt_tokens: usageMetadata.promptTokenCount,
    total_tokens: usageMetadata.totalTokenCount,
  }
}

const open = '<thought>'
const close = '</thought>'

/** Thoughts are part of the content, between tags. The closing tag comes with the next text. */
function contentOf(
  parts: readonly Part[],
  { isOpen, goesOn = false }: { isOpen: boolean; goesOn?: boolean },
): { message: object; isThought: boolean } {
  let content = ''
  let isThought = isOpen
  for (const part of parts) {
    if (part.text === undefined) continue
    if (part.thought === true && !isThought) content += open
    if (part.thought !== true && isThought) content += close
    isThought = part.thought === true
    content += part.text
  }
  if (isThought && !goesOn) content += close
  const calls = parts.filter((part) => part.functionCall).map(toToolCall)
  const textPart = parts.findLast((part) => part.text !== undefined)
  const google = {
    ...(isThought && goesOn ? { thought: true } : {}),
    ...(textPart?.thoughtSignature === undefined
      ? {}
      : { thought_signature: textPart.thoughtSignature }),
  }
  return {
    isThought,
    message: {
      ...(parts.some((part) => part.text !== undefined) ? { content } : {}),
      ...(Object.keys(google).length === 0 ? {} : { extra_content: { google } }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  }
}

function toToolCall({ functionCall, thoughtSignature }: Part, index: number): object {
  return {
    ...(thoughtSignature === undefined
      ? {}
      : { extra_content: { google: { thought_signature: thoughtSignature } } }),
    function: {
      arguments: JSON.stringify(functionCall?.args ?? {}),
      name: functionCall?.name ?? '',
    },
    id: functionCall?.id ?? `function-call-${index}`,
    index,
    type: 'function',
  }
}

function finishOf({ finishReason = '' }: Candidate, parts: readonly Part[] | 'calls'): string {
  if (finishReason === 'STOP') {
    const hasCalls = parts === 'calls' || parts.some((part) => part.functionCall)
    return hasCalls ? 'tool_calls' : 'stop'
  }
  if (finishReason === 'MAX_TOKENS') return 'length'
  const filter = /CALL/.test(finishReason) ? 'function_call_filter' : 'content_filter'
  return `${filter}: ${finishReason}`
}
