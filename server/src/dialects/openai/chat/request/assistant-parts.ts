import type { AssistantMessage, ToolCall } from './chat-request.ts'
import type { Part } from '../../../../google/requests/gemini-request.ts'
import { isObject, parseJson } from '../../../../runtime/json-value.ts'
import { messageParts } from './message-parts.ts'
import type { FindSignature } from '../../../translate/thought-signatures.ts'
import { geminiCallId } from '../../../translate/tool-call-id.ts'
import type { OpenCall, ResultsContext } from './tool-results.ts'
import type { Translated, Warning } from '../../../translate/warnings.ts'

export type AssistantContext = {
  readonly findSignature: FindSignature
  readonly parts: ResultsContext
  /** Path of the message in the request: `messages[1]`. */
  readonly param: string
}

export type AssistantTurn = { readonly parts: readonly Part[]; readonly calls: readonly OpenCall[] }

/** The parts of an assistant message: content, then calls, with their signatures. */
export function assistantParts(
  message: AssistantMessage,
  context: AssistantContext,
): Translated<AssistantTurn> {
  const content = messageParts(message.content, context.parts, `${context.param}.content`)
  const warnings: Warning[] = [...content.warnings]
  const calls = callsOf(message)
  const callParts = calls.map((call, index) => {
    const { value, warnings: callWarnings } = callPart(call, context, index)
    warnings.push(...callWarnings)
    return value
  })
  const contentParts = message.refusal
    ? [...content.value, { text: message.refusal }]
    : content.value
  const signature = message.extra_content?.google?.thought_signature ?? undefined
  return {
    value: {
      parts: withSignature(contentParts, callParts, signature),
      calls: calls.map((call) => ({ id: call.id ?? '', name: call.function.name })),
    },
    warnings,
  }
}

/** The calls of a message, also in the legacy form. */
export function callsOf(message: AssistantMessage): ToolCall[] {
  const legacy = message.function_call
    ? [{ function: message.function_call, extra_content: undefined }]
    : []
  return [...(message.tool_calls ?? []), ...legacy]
}

function callPart(
  call: ToolCall,
  { findSignature, parts, param }: AssistantContext,
  index: number,
): Translated<Part> {
  const args = readArguments(call.function.arguments)
  const field = `${param}.tool_calls[${index}].function.arguments`
  const signature =
    call.extra_content?.google?.thought_signature ?? (call.id ? findSignature(call.id) : undefined)
  return {
    value: {
      functionCall: {
        ...(call.id && parts.numbersCalls ? { id: geminiCallId(call.id) } : {}),
        name: parts.toolNames.toGemini(call.function.name),
        args: args ?? {},
      },
      ...(signature ? { thoughtSignature: signature } : {}),
    },
    warnings: args === undefined ? [{ field, reason: 'The arguments are not a JSON object.' }] : [],
  }
}

/** Undefined when the arguments are not a JSON object. No error: a model wrote them. */
function readArguments(
  given: ToolCall['function']['arguments'],
): Record<string, unknown> | undefined {
  if (given === null || given === undefined || given === '') return {}
  if (typeof given !== 'string') return given
  const parsed = parseJson(given)
  return isObject(parsed) ? { ...parsed } : undefined
}

/** Adds the signature of a message to its last content part, or to its first call. */
function withSignature(
  content: readonly Part[],
  callParts: readonly Part[],
  thoughtSignature: string | undefined,
): readonly Part[] {
  if (thoughtSignature === undefined) return [...content, ...callParts]
  const text = content.at(-1)
  if (text !== undefined)
    return [...content.slice(0, -1), { ...text, thoughtSignature }, ...callParts]
  const [first, ...others] = callParts
  return first === undefined ? [] : [{ thoughtSignature, ...first }, ...others]
}
