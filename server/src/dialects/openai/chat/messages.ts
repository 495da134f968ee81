import { assistantParts } from './assistant-parts.ts'
import type { AssistantMessage, ChatMessage } from './chat-request.ts'
import type { Content, Part } from '../../../google/requests/gemini-request.ts'
import type { RemoteMedia } from '../../translate/media-parts.ts'
import { messageParts, remoteUrls, textOf } from './message-parts.ts'
import type { ModelTraits } from '../../../google/models/model-traits.ts'
import { withFirstCallSigned, type FindSignature } from '../../translate/thought-signatures.ts'
import { isResult, toolResults, type ResultsContext } from './tool-results.ts'
import type { Translated, Warning } from '../../translate/warnings.ts'

export type MessagesContext = {
  readonly traits: ModelTraits
  readonly media: RemoteMedia
  readonly findSignature: FindSignature
}

export type Conversation = {
  readonly contents: readonly Content[]
  readonly systemParts: readonly Part[]
}

/** Every remote file that the messages name, each once. */
export function remoteMediaUrls(messages: readonly ChatMessage[], traits: ModelTraits): string[] {
  const urls = messages.flatMap(({ content }) => remoteUrls(content, traits.makesImages))
  return [...new Set(urls)]
}

/** Messages as Gemini's contents: roles, merged turns, calls with their results, and the system's words apart. */
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
      systemParts.push(...systemText(message.content))
      warnings.push(...droppedFromSystem(message.content, index))
      continue
    }
    const taken = translateTurn(messages, index, context)
    turns.push(...taken.turns)
    warnings.push(...taken.warnings)
    index += taken.results
  }
  const contents = contentsOf(mergeTurns(turns), context.traits, systemParts)
  if (!refusesPrefill(contents, context.traits))
    return { value: { contents, systemParts }, warnings }
  const reason =
    'The model continues no answer that was begun; it reads it as the words of the user.'
  warnings.push({ field: `messages[${messages.length - 1}]`, reason })
  return { value: { contents: lastAsUser(contents), systemParts }, warnings }
}

/** Results are a kind apart: beside them Gemini 3 reads no text. */
type Turn = { readonly kind: 'spoken' | 'results'; readonly content: Content }

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
      // Results are taken with their calls, so these have none before them.
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

/** What the assistant said and called, and the results that follow. */
function translateAssistant(
  message: AssistantMessage,
  { messages, index, context }: Place,
): TranslatedTurns {
  const results = partsContext(context)
  const { value, warnings } = assistantParts(message, {
    findSignature: context.findSignature,
    parts: results,
    param: `messages[${index}]`,
  })
  const spoken = messageTurn('model', value.parts)
  if (value.calls.length === 0) return { turns: [spoken], results: 0, warnings }

  const end = messages.findIndex((one, place) => place > index && !isResult(one))
  const answers = messages.slice(index + 1, end === -1 ? undefined : end).filter(isResult)
  const answered = toolResults(value.calls, answers, { context: results, firstIndex: index + 1 })
  const turn: Turn = { kind: 'results', content: { role: 'user', parts: answered.value } }
  return {
    turns: [spoken, turn],
    results: answers.length,
    warnings: [...warnings, ...answered.warnings],
  }
}

function partsContext({ traits, media }: MessagesContext): ResultsContext {
  return {
    media,
    readsMarkdownImages: traits.makesImages,
    numbersCalls: traits.signsCalls,
    takesMediaInResults: traits.generation >= 3,
  }
}

const messageTurn = (role: Content['role'], parts: readonly Part[]): Turn => ({
  kind: 'spoken',
  content: { role, parts },
})

/** Neighbours of one role become one content; what says nothing is left out. */
function mergeTurns(turns: readonly Turn[]): Turn[] {
  const merged: Turn[] = []
  for (const turn of turns) {
    if (turn.content.parts.length === 0) continue
    const before = merged.at(-1)
    const joins =
      before?.kind === 'spoken' &&
      turn.kind === 'spoken' &&
      before.content.role === turn.content.role
    if (!joins) merged.push(turn)
    else {
      const parts = [...before.content.parts, ...turn.content.parts]
      merged[merged.length - 1] = messageTurn(turn.content.role, parts)
    }
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
  // Google wants something said: a system message alone is that.
  if (contents.length === 0 && systemParts.length > 0) return [{ role: 'user', parts: systemParts }]
  return contents
}

/** The newest models refuse a prefilled answer. */
const refusesPrefill = (contents: readonly Content[], { generation }: ModelTraits): boolean =>
  generation >= 3.8 && contents.at(-1)?.role === 'model'

/** The original always sent a prefilled answer as the user's words. */
const lastAsUser = (contents: readonly Content[]): Content[] =>
  contents.map((content, index) =>
    index === contents.length - 1 ? { ...content, role: 'user' } : content,
  )

type SystemMessage = Extract<ChatMessage, { role: 'system' | 'developer' }>

function systemText(content: SystemMessage['content']): Part[] {
  const text = textOf(content)
  return text === '' ? [] : [{ text }]
}

function droppedFromSystem(content: SystemMessage['content'], index: number): Warning[] {
  if (!Array.isArray(content)) return []
  return content.flatMap((item, place) =>
    item.type === 'text' || item.type === 'refusal'
      ? []
      : [
          {
            field: `messages[${index}].content[${place}]`,
            reason: 'System messages carry text only.',
          },
        ],
  )
}
