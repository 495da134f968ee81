import type { ChatMessage } from './chat-request.ts'
import type { FunctionResponse, Part } from '../../../../google/requests/gemini-request.ts'
import { ClientError } from '../../../client-error.ts'
import { messageParts, textOf, type PartsContext } from './message-parts.ts'
import { geminiCallId } from '../../../translate/tool-call-id.ts'
import type { ToolNames } from '../../../translate/tool-names.ts'
import type { Translated, Warning } from '../../../translate/warnings.ts'

/** A call without a result yet. Id and name are the client's. */
export type OpenCall = { readonly id: string; readonly name: string }

export type ResultsContext = PartsContext & {
  readonly numbersCalls: boolean
  readonly takesMediaInResults: boolean
  readonly toolNames: ToolNames
}

type ResultMessage = Extract<ChatMessage, { role: 'tool' | 'function' }>

export const isResult = (message: ChatMessage | undefined): message is ResultMessage =>
  message?.role === 'tool' || message?.role === 'function'

export type ToolResults = {
  readonly results: readonly Part[]
  /** Media that no result can hold; they follow as a message of the user. */
  readonly beside: readonly Part[]
}

/** The results of a turn in the order of its calls: Gemini requires exactly one for each, in one content. */
export function toolResults(
  calls: readonly OpenCall[],
  messages: readonly ResultMessage[],
  { context, firstIndex }: { context: ResultsContext; firstIndex: number },
): Translated<ToolResults> {
  const results = new Map<OpenCall, Part>()
  const beside: Part[] = []
  const callOf = callFinder(calls, results)
  const warnings: Warning[] = []
  for (const [offset, message] of messages.entries()) {
    const param = `messages[${firstIndex + offset}]`
    const call = callOf(message)
    if (call === undefined) throw unknownCall(message, param)
    const result = functionResponse(call, message, { context, param })
    results.set(call, { functionResponse: result.value })
    beside.push(...result.beside)
    warnings.push(...result.warnings)
  }
  const missing = calls.filter((call) => !results.has(call))
  if (missing.length > 0) throw missingResults(missing, firstIndex - 1)
  return { value: { results: calls.flatMap((call) => results.get(call) ?? []), beside }, warnings }
}

type Results = ReadonlyMap<OpenCall, Part>

/** Finds the call of a result by id; without one, by name for legacy functions, else by order. */
function callFinder(calls: readonly OpenCall[], results: Results) {
  const nextOpen = openCalls(calls, results)
  const byId = groupBy(calls, ({ id }) => id)
  const openById = openGroups(byId, results)
  const openByName = openGroups(
    groupBy(calls, ({ name }) => name),
    results,
  )
  return (message: ResultMessage): OpenCall | undefined => {
    if (message.role === 'function') return openByName.get(message.name ?? '')?.()
    const { tool_call_id: id } = message
    if (!id) return nextOpen()
    return openById.get(id)?.() ?? byId.get(id)?.[0]
  }
}

/** Returns the first call without a result. */
function openCalls(calls: readonly OpenCall[], results: Results): () => OpenCall | undefined {
  let at = 0
  return () => {
    for (let call = calls[at]; call !== undefined && results.has(call); call = calls[at]) at += 1
    return calls[at]
  }
}

function groupBy(calls: readonly OpenCall[], nameOf: (call: OpenCall) => string) {
  const groups = new Map<string, OpenCall[]>()
  for (const call of calls) {
    const group = groups.get(nameOf(call))
    if (group === undefined) groups.set(nameOf(call), [call])
    else group.push(call)
  }
  return groups
}

function openGroups(groups: ReadonlyMap<string, readonly OpenCall[]>, results: Results) {
  return new Map(Array.from(groups, ([name, calls]) => [name, openCalls(calls, results)]))
}

type Result = Translated<FunctionResponse> & Pick<ToolResults, 'beside'>

function functionResponse(
  call: OpenCall,
  message: ResultMessage,
  { context, param }: { context: ResultsContext; param: string },
): Result {
  // Not parsed: large numbers would lose digits, and Gemini 3 follows a `$ref`.
  const response = { output: textOf(message.content) }
  const { value: parts, warnings } = messageParts(message.content, context, `${param}.content`)
  const media = parts.filter(({ text }) => text === undefined)
  const inside = media.flatMap(({ inlineData }) =>
    inlineData && context.takesMediaInResults && fitsInResult.test(inlineData.mimeType)
      ? [{ inlineData }]
      : [],
  )
  const beside = media.filter((part) => !inside.some((one) => one.inlineData === part.inlineData))
  const id = call.id === '' || !context.numbersCalls ? {} : { id: geminiCallId(call.id) }
  const value = { ...id, name: context.toolNames.toGemini(call.name), response }
  return { value: inside.length === 0 ? value : { ...value, parts: inside }, beside, warnings }
}

/** Types that Google takes in a result. */
const fitsInResult = /^(?:image\/|application\/pdf$|text\/plain$)/

function unknownCall(message: ResultMessage, param: string): ClientError {
  const field = message.role === 'tool' ? `${param}.tool_call_id` : `${param}.name`
  return new ClientError(
    `'${field}' matches no tool call of the assistant message before it. Send each result after its call.`,
    { param: field },
  )
}

function missingResults(missing: readonly OpenCall[], index: number): ClientError {
  const param = `messages[${index}].tool_calls`
  return new ClientError(
    `'${param}' must be followed by one tool message per call. Missing: ${missing.map(({ id, name }) => id || name).join(', ')}.`,
    { param },
  )
}
