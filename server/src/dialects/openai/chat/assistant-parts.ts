import type { AssistantMessage, ToolCall } from './chat-request.ts'
import type { Part } from '../../../google/requests/gemini-request.ts'
import { isObject, parseJson } from '../../../runtime/json-value.ts'
import { messageParts } from './message-parts.ts'
import type { FindSignature } from '../../translate/thought-signatures.ts'
import { geminiCallId } from '../../translate/tool-call-id.ts'
import type { OpenCall, ResultsContext } from './tool-results.ts'
import type { Translated, Warning } from '../../translate/warnings.ts'

export type AssistantContext = {
  readonly findSignature: FindSignature
  readonly parts: ResultsContext
  /** The message's place in the request. */
  readonly param: string
}

export type AssistantTurn = { readonly parts: readonly Part[]; readonly calls: readonly OpenCall[] }

/** What the assistant said, then what it called; signatures come back to the parts they belong to. */
export function assistantParts(
  message: AssistantMessage,
  context: AssistantContext,
): Translated<AssistantTurn> {
  const said = messageParts(message.content, context.parts, `${context.param}.content`)
  const warnings: Warning[] = [...said.warnings]
  const calls = callsOf(message)
  const called = calls.map((call, index) => {
    const { value, warnings: lost } = callPart(call, context, index)
    warnings.push(...lost)
    return value
  })
  const spoken = message.refusal ? [...said.value, { text: message.refusal }] : said.value
  const signature = message.extra_content?.google?.thought_signature ?? undefined
  return {
    value: {
      parts: signed(spoken, called, signature),
      calls: calls.map((call) => ({ id: call.id ?? '', name: call.function.name })),
    },
    warnings,
  }
}

function callsOf(message: AssistantMessage): ToolCall[] {
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
        name: call.function.name,
        args: args ?? {},
      },
      ...(signature ? { thoughtSignature: signature } : {}),
    },
    warnings: args === undefined ? [{ field, reason: 'The arguments are not a JSON object.' }] : [],
  }
}

/** Undefined where the arguments are not JSON: a model wrote them, and the conversation goes on all the same. */
function readArguments(
  given: ToolCall['function']['arguments'],
): Record<string, unknown> | undefined {
  if (given === null || given === undefined || given === '') return {}
  if (typeof given !== 'string') return given
  const parsed = parseJson(given)
  return isObject(parsed) ? { ...parsed } : undefined
}

/** A signature of the message belongs to its text, or, where it says nothing, to its first call. */
function signed(
  said: readonly Part[],
  called: readonly Part[],
  thoughtSignature: string | undefined,
): readonly Part[] {
  if (thoughtSignature === undefined) return [...said, ...called]
  const text = said.at(-1)
  if (text !== undefined) return [...said.slice(0, -1), { ...text, thoughtSignature }, ...called]
  const [first, ...others] = called
  return first === undefined ? [] : [{ thoughtSignature, ...first }, ...others]
}
