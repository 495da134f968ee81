import type { ChatMessage } from './chat-request.ts'
import type { FunctionResponse, Part } from '../../../google/requests/gemini-request.ts'
import { ClientError } from '../../client-error.ts'
import { messageParts, textOf, type PartsContext } from './message-parts.ts'
import { geminiCallId } from '../../translate/tool-call-id.ts'
import type { Translated, Warning } from '../../translate/warnings.ts'

/** A call of the assistant's that waits for its result. `id` is OpenAI's. */
export type OpenCall = { readonly id: string; readonly name: string }

export type ResultsContext = PartsContext & {
  readonly numbersCalls: boolean
  readonly takesMediaInResults: boolean
}

type ResultMessage = Extract<ChatMessage, { role: 'tool' | 'function' }>

export const isResult = (message: ChatMessage | undefined): message is ResultMessage =>
  message?.role === 'tool' || message?.role === 'function'

/** The results of one turn's calls, in the order of the calls: Gemini wants exactly one for each, all together. */
export function toolResults(
  calls: readonly OpenCall[],
  messages: readonly ResultMessage[],
  { context, firstIndex }: { context: ResultsContext; firstIndex: number },
): Translated<Part[]> {
  const results = new Map<OpenCall, Part>()
  const warnings: Warning[] = []
  for (const [offset, message] of messages.entries()) {
    const param = `messages[${firstIndex + offset}]`
    const call = answeredBy(message, calls, results)
    if (call === undefined) throw unknownCall(message, param)
    const { value, warnings: lost } = functionResponse(call, message, { context, param })
    results.set(call, { functionResponse: value })
    warnings.push(...lost)
  }
  const missing = calls.filter((call) => !results.has(call))
  if (missing.length > 0) throw unanswered(missing, firstIndex - 1)
  return { value: calls.flatMap((call) => results.get(call) ?? []), warnings }
}

/** By id; else, as some clients and the old functions have none, by name or by order. */
function answeredBy(
  message: ResultMessage,
  calls: readonly OpenCall[],
  results: ReadonlyMap<OpenCall, Part>,
): OpenCall | undefined {
  const open = calls.filter((call) => !results.has(call))
  if (message.role === 'function') return open.find(({ name }) => name === message.name)
  const { tool_call_id: id } = message
  if (!id) return open[0]
  return open.find((call) => call.id === id) ?? calls.find((call) => call.id === id)
}

function functionResponse(
  call: OpenCall,
  message: ResultMessage,
  { context, param }: { context: ResultsContext; param: string },
): Translated<FunctionResponse> {
  // The text stays text: read as JSON it could lose digits, and Gemini 3 follows a `$ref` inside it.
  const response = { output: textOf(message.content) }
  const { value: parts, warnings } = messageParts(message.content, context, `${param}.content`)
  const media = parts.flatMap(({ inlineData }) => (inlineData ? [{ inlineData }] : []))
  const id = call.id === '' || !context.numbersCalls ? {} : { id: geminiCallId(call.id) }
  const value = { ...id, name: call.name, response }
  if (media.length === 0) return { value, warnings }
  if (context.takesMediaInResults) return { value: { ...value, parts: media }, warnings }
  const reason = 'The model takes no media in tool results.'
  return { value, warnings: [...warnings, { field: `${param}.content`, reason }] }
}

function unknownCall(message: ResultMessage, param: string): ClientError {
  const field = message.role === 'tool' ? `${param}.tool_call_id` : `${param}.name`
  return new ClientError(
    `Messages with role '${message.role}' must follow the assistant message whose tool calls they answer; '${field}' names none of them.`,
    { param: field },
  )
}

function unanswered(missing: readonly OpenCall[], index: number): ClientError {
  const param = `messages[${index}].tool_calls`
  return new ClientError(
    `An assistant message with 'tool_calls' must be followed by a tool message for each of them. Without a result: ${missing.map(({ id, name }) => id || name).join(', ')}.`,
    { param },
  )
}
