import type { ChatEvent, Delta, ExtraContent } from './chat-events.ts'
import { finishKindOf, finishReason, type FinishKind } from './finish-reason.ts'
import type {
  AnswerPart,
  Candidate,
  GeminiAnswer,
  Grounding,
} from '../../../../google/answers/gemini-answer.ts'
import { annotationsOf, searchLinks } from '../../../translate/content/grounding.ts'
import { logprobsOf } from './logprobs.ts'
import {
  brokenAnswer,
  emptyAnswer,
  googleFailure,
  unreadableChunk,
  type Failure,
} from '../../../failures.ts'
import type { AnswerStream, NextCall } from '../../../translate/answer-stream.ts'
import { plainImage, renderPart, type ImageText } from '../../../translate/content/parts.ts'
import { openAiCallId } from '../../../translate/tool-call-id.ts'
import { addUsage, usageOf, type Usage } from './usage.ts'

export type StreamOptions = {
  readonly showThoughts: boolean
  /** Whether the answer ends with a list of its sources. */
  readonly showSearchLinks: boolean
  /** Whether images are numbered lines, for chats with an image model. */
  readonly numbersImages: boolean
  /** Creates an id for a call without one. */
  readonly newCallId: () => string
  /** Stores the signature of a tool call. */
  readonly keepSignature: (toolCallId: string, signature: string) => void
  /** The client's name of a tool. */
  readonly clientToolName: (name: string) => string
  /** The legacy form has one call without an id; further calls are left out. */
  readonly callForm: 'tool_calls' | 'function_call'
}

export class ChatStream implements AnswerStream<ChatEvent> {
  readonly #options: StreamOptions
  readonly #choices = new Map<number, Choice>()
  /** Index of the first choice of this call: several choices may need several calls. */
  #firstChoice = 0
  /** Usage of the current call; each chunk replaces it. */
  #usage: GeminiAnswer['usage']
  #usageBefore: Usage | undefined
  #blockReason: string | undefined
  continuationToken: string | undefined
  hasFailed = false

  constructor(options: StreamOptions) {
    this.#options = options
  }

  take(answer: GeminiAnswer | undefined): ChatEvent[] {
    if (this.hasFailed) return []
    if (answer === undefined) {
      return this.#fail(brokenAnswer(unreadableChunk))
    }
    if (answer.error) return this.#fail(googleFailure(500, JSON.stringify({ error: answer.error })))
    const events: ChatEvent[] = []
    for (const candidate of answer.candidates) {
      this.#takeCandidate(candidate, events)
      if (candidate.finishReason === 'CONTINUATION') {
        this.continuationToken = candidate.continuationToken
      }
    }
    this.#usage = answer.usage ?? this.#usage
    this.#blockReason = answer.blockReason ?? this.#blockReason
    return events
  }

  nextCall(kind: NextCall): void {
    for (const choice of this.#choices.values()) {
      const continues =
        kind === 'adds' || (kind === 'continues' && choice.finish === 'CONTINUATION')
      if (continues) choice.finish = undefined
    }
    if (kind === 'next choice') this.#firstChoice = this.#choices.size
    this.#usageBefore = this.#usageSoFar()
    this.#usage = undefined
    this.continuationToken = undefined
  }

  /** Sources, finish reasons and usage, or an error when the answer was cut. */
  end(): ChatEvent[] {
    if (this.hasFailed) return []
    if (this.#choices.size === 0) return this.#endBlocked()
    const choices = [...this.#choices]
    if (choices.some(([, { finish }]) => finish === undefined)) {
      return [{ kind: 'error', failure: brokenAnswer() }]
    }
    const broken = choices.find(([, { finishKind }]) => finishKind === 'broken')?.[1]
    if (broken !== undefined && choices.every(([, { isEmpty }]) => isEmpty)) {
      return [{ kind: 'error', failure: emptyAnswer(broken.googleWords) }]
    }
    const events = choices.flatMap(([index, choice]) => choice.end(index, this.#options))
    return [...events, ...this.#usageEvent()]
  }

  #takeCandidate(candidate: Candidate, events: ChatEvent[]): void {
    const index = this.#firstChoice + candidate.index
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      choice = new Choice()
      this.#choices.set(index, choice)
      // OpenAI's first chunk of a choice has the role and no content.
      events.push({ kind: 'delta', choice: index, delta: { role: 'assistant', content: '' } })
    }
    for (const part of candidate.parts) {
      const delta = choice.take(part, this.#options)
      if (delta !== undefined) events.push({ kind: 'delta', choice: index, delta })
    }
    const logprobs = candidate.logprobs && logprobsOf(candidate.logprobs)
    if (logprobs) events.push({ kind: 'delta', choice: index, delta: {}, logprobs })
    choice.grounding = candidate.grounding ?? choice.grounding
    choice.finish = candidate.finishReason ?? choice.finish
    choice.finishMessage = candidate.finishMessage ?? choice.finishMessage
  }

  /** Google answers a blocked prompt without candidates. */
  #endBlocked(): ChatEvent[] {
    if (this.#blockReason === undefined) return [{ kind: 'error', failure: brokenAnswer() }]
    const refusal = `Google blocked the prompt: ${this.#blockReason}.`
    const choice = this.#firstChoice
    return [
      { kind: 'delta', choice, delta: { role: 'assistant', refusal } },
      { kind: 'finish', choice, reason: 'content_filter' },
      ...this.#usageEvent(),
    ]
  }

  #usageEvent(): ChatEvent[] {
    const usage = this.#usageSoFar()
    return usage === undefined ? [] : [{ kind: 'usage', usage }]
  }

  #usageSoFar(): Usage | undefined {
    return addUsage(this.#usageBefore, this.#usage && usageOf(this.#usage))
  }

  #fail(failure: Failure): ChatEvent[] {
    this.hasFailed = true
    return [{ kind: 'error', failure }]
  }
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

type CallPiece = Extract<ReturnType<typeof renderPart>[number], { kind: 'call' }>

/** One choice of an answer. */
class Choice {
  /** Google's finish reason. */
  finish: string | undefined
  finishMessage: string | undefined
  grounding: Grounding | undefined
  /** All content so far; annotations refer to offsets in it. */
  #text = ''
  readonly #callIds: string[] = []
  #images = 0

  get finishKind(): FinishKind {
    return finishKindOf(this.finish ?? '')
  }

  /** Thoughts are not content. */
  get isEmpty(): boolean {
    return this.#text === '' && this.#callIds.length === 0
  }

  /** Google's finish reason, with Google's message if there is one. */
  get googleWords(): string {
    const { finish = '', finishMessage = '' } = this
    return finishMessage === '' ? `${finish}.` : `${finish}. ${finishMessage}`
  }

  /** One delta for a part; undefined when there is nothing to send. */
  take(part: AnswerPart, options: StreamOptions): Delta | undefined {
    const delta: Writable<Delta> = {}
    let hasContent = false
    for (const piece of renderPart(part, options.numbersImages ? this.#line : plainImage)) {
      if (piece.kind === 'reasoning' && !options.showThoughts) continue
      hasContent = true
      switch (piece.kind) {
        case 'content':
          this.#text += piece.text
          delta.content = piece.text
          break
        case 'reasoning':
          delta.reasoning_content = piece.text
          break
        case 'signature':
          delta.extra_content = signed(piece.signature)
          break
        case 'call':
          if (options.callForm === 'tool_calls') delta.tool_calls = [this.#call(piece, options)]
          else if (this.#callIds.length === 0) this.#legacyCall(piece, delta, options)
          else hasContent = false
      }
    }
    if (part.inlineData) this.#images += 1
    return hasContent ? delta : undefined
  }

  end(index: number, { showSearchLinks, callForm }: StreamOptions): ChatEvent[] {
    const { grounding, finishKind, isEmpty } = this
    const isRefused = isEmpty && (finishKind === 'withheld' || finishKind === 'broken')
    const reason = finishReason(
      isRefused ? 'withheld' : finishKind,
      this.#callIds.length > 0 ? callForm : undefined,
    )
    const annotations = grounding ? annotationsOf(grounding, this.#text) : []
    const links = grounding && showSearchLinks ? searchLinks(grounding) : ''
    const delta: Writable<Delta> = {}
    if (links !== '') delta.content = links
    if (annotations.length > 0) delta.annotations = annotations
    if (isRefused) delta.refusal = `Google withheld the answer: ${this.googleWords}`
    const last: ChatEvent = { kind: 'finish', choice: index, reason }
    const hasContent = links !== '' || annotations.length > 0 || isRefused
    return hasContent ? [{ kind: 'delta', choice: index, delta }, last] : [last]
  }

  readonly #line: ImageText = (url) =>
    `${this.#text === '' ? '' : '\n'}![Generated Image ${this.#images + 1}](${url})`

  #legacyCall(
    { name, arguments: args, signature }: CallPiece,
    delta: Writable<Delta>,
    { newCallId, clientToolName }: StreamOptions,
  ): void {
    this.#callIds.push(newCallId())
    delta.function_call = { name: clientToolName(name), arguments: args }
    if (signature !== undefined) delta.extra_content = signed(signature)
  }

  #call(
    piece: CallPiece,
    { newCallId, keepSignature, clientToolName }: StreamOptions,
  ): NonNullable<Delta['tool_calls']>[number] {
    const given = openAiCallId(piece.id ?? newCallId())
    // Ids are unique within an answer, even when Google repeats one.
    const id = this.#callIds.includes(given) ? openAiCallId(newCallId()) : given
    const call = {
      index: this.#callIds.length,
      id,
      type: 'function' as const,
      function: { name: clientToolName(piece.name), arguments: piece.arguments },
    }
    this.#callIds.push(id)
    if (piece.signature === undefined) return call
    keepSignature(id, piece.signature)
    return { ...call, extra_content: signed(piece.signature) }
  }
}

const signed = (signature: string): ExtraContent => ({ google: { thought_signature: signature } })
