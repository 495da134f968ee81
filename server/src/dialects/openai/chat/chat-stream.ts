import type { ChatEvent, Delta, ExtraContent } from './chat-events.ts'
import { finishReason } from './finish-reason.ts'
import type {
  AnswerPart,
  Candidate,
  GeminiAnswer,
  Grounding,
  UsageMetadata,
} from '../../../google/answers/gemini-answer.ts'
import { annotationsOf, searchLinks } from '../../translate/grounding.ts'
import { logprobsOf } from './logprobs.ts'
import { brokenAnswer, googleFailure, type Failure } from '../../failures.ts'
import type { AnswerStream, NextCall } from '../../translate/answer-stream.ts'
import { plainImage, renderPart, type ImageText } from '../../translate/parts.ts'
import { openAiCallId } from '../../translate/tool-call-id.ts'
import { addUsage, usageOf, type Usage } from './usage.ts'

export type StreamOptions = {
  readonly showThoughts: boolean
  /** Whether the answer ends in a list of its sources. */
  readonly showSearchLinks: boolean
  /** Whether images are lines of their own with a number: what was asked for is pictures. */
  readonly numbersImages: boolean
  /** An id for a call that Google gave none. */
  readonly newCallId: () => string
  /** A tool call was signed. */
  readonly keepSignature: (toolCallId: string, signature: string) => void
}

/** Turns Gemini's answer, chunk by chunk, into the events of a chat. */
export class ChatStream implements AnswerStream<ChatEvent> {
  readonly #options: StreamOptions
  readonly #choices = new Map<number, Choice>()
  /** Choices of this call begin here: a request for several answers may need several calls. */
  #firstChoice = 0
  /** The counters of the call that is being read; each chunk's replace the last. */
  #usage: UsageMetadata | undefined
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
      return this.#fail(brokenAnswer('Google sent a chunk that cannot be read.'))
    }
    if (answer.error) return this.#fail(googleFailure(500, JSON.stringify({ error: answer.error })))
    const events: ChatEvent[] = []
    for (const candidate of answer.candidates) {
      this.#takeCandidate(candidate, events)
      if (candidate.finishReason === 'CONTINUATION') {
        this.continuationToken = candidate.continuationToken
      }
    }
    this.#usage = answer.usageMetadata ?? this.#usage
    this.#blockReason = answer.blockReason ?? this.#blockReason
    return events
  }

  nextCall(kind: NextCall): void {
    for (const choice of this.#choices.values()) {
      const goesOn = kind === 'adds' || (kind === 'continues' && choice.finish === 'CONTINUATION')
      if (goesOn) choice.finish = undefined
    }
    if (kind === 'next choice') this.#firstChoice = this.#choices.size
    this.#usageBefore = this.#usageSoFar()
    this.#usage = undefined
    this.continuationToken = undefined
  }

  /** Sources, reasons and counters, or that the answer was cut. */
  end(): ChatEvent[] {
    if (this.hasFailed) return []
    if (this.#choices.size === 0) return this.#endBlocked()
    const choices = [...this.#choices]
    if (choices.some(([, { finish }]) => finish === undefined)) {
      return [{ kind: 'error', failure: brokenAnswer() }]
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
      // The first chunk of a choice says who speaks, before anything is said.
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
  }

  /** Google answers a blocked prompt without any candidate. */
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

/** One answer of those that were asked for. */
class Choice {
  /** Google's word for why it ended. */
  finish: string | undefined
  grounding: Grounding | undefined
  /** What the client has read so far; the places that annotations name are places in it. */
  #text = ''
  readonly #callIds: string[] = []
  #images = 0

  /** All that one part says goes out in one delta; undefined when that is nothing. */
  take(part: AnswerPart, options: StreamOptions): Delta | undefined {
    const delta: Writable<Delta> = {}
    let says = false
    for (const piece of renderPart(part, options.numbersImages ? this.#line : plainImage)) {
      if (piece.kind === 'reasoning' && !options.showThoughts) continue
      says = true
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
          delta.tool_calls = [this.#call(piece, options)]
      }
    }
    if (part.inlineData) this.#images += 1
    return says ? delta : undefined
  }

  end(index: number, { showSearchLinks }: StreamOptions): ChatEvent[] {
    const { grounding, finish = '' } = this
    const reason = finishReason(finish, this.#callIds.length > 0)
    const annotations = grounding ? annotationsOf(grounding, this.#text) : []
    const links = grounding && showSearchLinks ? searchLinks(grounding) : ''
    const withheld = reason === 'content_filter' && this.#text === ''
    const delta: Writable<Delta> = {}
    if (links !== '') delta.content = links
    if (annotations.length > 0) delta.annotations = annotations
    if (withheld) delta.refusal = `Google withheld the answer: ${finish}.`
    const last: ChatEvent = { kind: 'finish', choice: index, reason }
    const says = links !== '' || annotations.length > 0 || withheld
    return says ? [{ kind: 'delta', choice: index, delta }, last] : [last]
  }

  readonly #line: ImageText = (url) =>
    `${this.#text === '' ? '' : '\n'}![Generated Image ${this.#images + 1}](${url})`

  #call(
    piece: Extract<ReturnType<typeof renderPart>[number], { kind: 'call' }>,
    { newCallId, keepSignature }: StreamOptions,
  ): NonNullable<Delta['tool_calls']>[number] {
    const given = openAiCallId(piece.id ?? newCallId())
    // Two calls of one answer never share an id, whatever Google says.
    const id = this.#callIds.includes(given) ? openAiCallId(newCallId()) : given
    const call = {
      index: this.#callIds.length,
      id,
      type: 'function' as const,
      function: { name: piece.name, arguments: piece.arguments },
    }
    this.#callIds.push(id)
    if (piece.signature === undefined) return call
    keepSignature(id, piece.signature)
    return { ...call, extra_content: signed(piece.signature) }
  }
}

const signed = (signature: string): ExtraContent => ({ google: { thought_signature: signature } })
