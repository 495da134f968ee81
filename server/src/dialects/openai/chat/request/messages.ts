import { ClientError } from '../../../client-error.ts'
import { assistantParts } from './assistant-parts.ts'
import type { AssistantMessage, ChatMessage } from './chat-request.ts'
import type { Content, Part } from '../../../../google/requests/gemini-request.ts'
import type { FetchedFiles, RemoteFile } from '../../../media/remote-media.ts'
import { messageParts, remoteFiles, textOf } from './message-parts.ts'
import type { ModelTraits } from '../../../../google/models/model-traits.ts'
import { withFirstCallSigned, type FindSignature } from '../../../translate/thought-signatures.ts'
import { isResult, toolResults, type ResultsContext } from './tool-results.ts'
import type { ToolNames } from '../../../translate/tool-names.ts'
import type { Translated, Warning } from '../../../translate/warnings.ts'

export type MessagesContext = {
  readonly traits: ModelTraits
  readonly files: FetchedFiles
  readonly findSignature: FindSignature
  readonly toolNames: ToolNames
}

export type Conversation = {
  readonly contents: readonly Content[]
  readonly systemParts: readonly Part[]
}

/** The files that must be fetched before the messages are translated. */
export function remoteFilesOf(messages: readonly ChatMessage[], traits: ModelTraits): RemoteFile[] {
  return messages.flatMap(({ role, content }, index) =>
    role === 'system' || role === 'developer'
      ? []
      : remoteFiles(content, `messages[${index}].content`, traits.makesImages),
  )
}

/** Converts messages to Gemini's contents and system instruction. */
export function translateMessages(
  messages: readonly ChatMessage[],
  context: MessagesContext,
): Translated<Conversation> {
  const systemParts: Part[] = []
  const turns: Turn[] = []
  const warnings: Warning[] = []
  for (let index = 0; index < messages.length; index += 1) {
    const message = messages[index]
    if (message === undefined) break
    if (message.role === 'system' || message.role === 'developer') {
      systemParts.push(...systemText(message.content, `messages[${index}].content`))
      continue
    }
    const translated = translateTurn(messages, index, context)
    turns.push(...translated.turns)
    warnings.push(...translated.warnings)
    index += translated.results
  }
  const contents = contentsOf(mergeTurns(turns), context.traits, systemParts)
  if (!refusesPrefill(contents, context.traits))
    return { value: { contents, systemParts }, warnings }
  const reason = 'The model does not continue a prefilled answer; it is sent as a user message.'
  warnings.push({ field: `messages[${messages.length - 1}]`, reason })
  return { value: { contents: lastAsUser(contents), systemParts }, warnings }
}

/** Results stay in a separate content: Gemini 3 ignores text next to them. */
type Turn = { readonly kind: 'message' | 'results'; readonly content: Content }

type TranslatedTurns = {
  readonly turns: readonly Turn[]
  readonly results: number
  readonly warnings: readonly Warning[]
}

function translateTurn(
  messages: readonly ChatMessage[],
  index: number,
  context: MessagesContext,
): TranslatedTurns {
  const message = messages[index]
  if (message === undefined) return { turns: [], results: 0, warnings: [] }
  const parts = partsContext(context)
  const param = `messages[${index}]`
  switch (message.role) {
    case 'assistant':
    case 'model':
      return translateAssistant(message, { messages, index, context })
    case 'tool':
    case 'function': {
      // Results after their calls are handled by translateAssistant; these have no call.
      const { warnings } = toolResults([], [message], { context: parts, firstIndex: index })
      return { turns: [], results: 0, warnings }
    }
    default: {
      const { value, warnings } = messageParts(message.content, parts, `${param}.content`)
      return { turns: [messageTurn('user', value)], results: 0, warnings }
    }
  }
}

type Place = {
  readonly messages: readonly ChatMessage[]
  readonly index: number
  readonly context: MessagesContext
}

/** An assistant message with the results that follow it. */
function translateAssistant(
  message: AssistantMessage,
  { messages, index, context }: Place,
): TranslatedTurns {
  const parts = partsContext(context)
  const { value, warnings } = assistantParts(message, {
    findSignature: context.findSignature,
    parts,
    param: `messages[${index}]`,
  })
  const turn = messageTurn('model', value.parts)
  if (value.calls.length === 0) return { turns: [turn], results: 0, warnings }

  let end = index + 1
  while (end < messages.length && isResult(messages[end])) end += 1
  const answers = messages.slice(index + 1, end).filter(isResult)
  const answered = toolResults(value.calls, answers, { context: parts, firstIndex: index + 1 })
  const { results, beside } = answered.value
  const resultsTurn: Turn = { kind: 'results', content: { role: 'user', parts: results } }
  return {
    turns: [turn, resultsTurn, messageTurn('user', beside)],
    results: answers.length,
    warnings: [...warnings, ...answered.warnings],
  }
}

function partsContext({ traits, files, toolNames }: MessagesContext): ResultsContext {
  return {
    files,
    readsMarkdownImages: traits.makesImages,
    numbersCalls: traits.signsCalls,
    takesMediaInResults: traits.generation >= 3,
    toolNames,
  }
}

const messageTurn = (role: Content['role'], parts: readonly Part[]): Turn => ({
  kind: 'message',
  content: { role, parts },
})

/** Joins consecutive messages of one role and drops empty ones. */
function mergeTurns(turns: readonly Turn[]): Turn[] {
  const merged: Turn[] = []
  let parts: Part[] = []
  for (const turn of turns) {
    if (turn.content.parts.length === 0) continue
    const before = merged.at(-1)
    const joins =
      before?.kind === 'message' &&
      turn.kind === 'message' &&
      before.content.role === turn.content.role
    if (!joins) {
      parts = [...turn.content.parts]
      merged.push({ kind: turn.kind, content: { role: turn.content.role, parts } })
    } else for (const part of turn.content.parts) parts.push(part)
  }
  return merged
}

function contentsOf(
  turns: readonly Turn[],
  traits: ModelTraits,
  systemParts: readonly Part[],
): Content[] {
  const contents = turns.map(({ content }) =>
    content.role === 'model' && traits.signsCalls ? withFirstCallSigned(content) : content,
  )
  // Google requires a content: a system message alone becomes a user message.
  if (contents.length === 0 && systemParts.length > 0) return [{ role: 'user', parts: systemParts }]
  return contents
}

/** From 3.8 on models refuse a prefilled answer. */
const refusesPrefill = (contents: readonly Content[], { generation }: ModelTraits): boolean =>
  generation >= 3.8 && contents.at(-1)?.role === 'model'

/** The Python program sends prefilled answers as user messages too. */
const lastAsUser = (contents: readonly Content[]): Content[] =>
  contents.map((content, index) =>
    index === contents.length - 1 ? { ...content, role: 'user' } : content,
  )

type SystemMessage = Extract<ChatMessage, { role: 'system' | 'developer' }>

function systemText(content: SystemMessage['content'], param: string): Part[] {
  const at = Array.isArray(content) ? content.findIndex(({ type }) => type === 'media') : -1
  if (at !== -1) {
    throw new ClientError(
      `'${param}[${at}]' is no text. Send files in user messages; system messages take text only.`,
      { param: `${param}[${at}]` },
    )
  }
  const text = textOf(content)
  return text === '' ? [] : [{ text }]
}
