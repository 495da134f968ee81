import type { ChatEvent, Delta, ExtraContent } from './chat-events.ts'
import { finishReason } from './finish-reason.ts'
import type {
  AnswerPart,
  Candidate,
  GeminiAnswer,
  Grounding,
  UsageMetadata,
} from './gemini-answer.ts'
import { annotationsOf, searchLinks } from './grounding.ts'
import { logprobsOf } from './logprobs.ts'
import { brokenAnswer, googleErrorAnswer } from './openai-error.ts'
import { plainImage, renderPart, type ImageText, type Piece } from './parts.ts'
import { openAiCallId } from './tool-call-id.ts'
import { addUsage, usageOf, type Usage } from './usage.ts'

export type StreamOptions = {
  readonly showThoughts: boolean
  /** Whether the answer ends in a list of its sources. */
  readonly showSearchLinks: boolean
  /** Whether images are lines of their own with a number: what was asked for is pictures. */
  readonly numbersImages: boolean
  /** An id for a call that Google gave none. */
  readonly newCallId: () => string
}

type ChoiceState = {
  /** What the client has read so far; the places that annotations name are places in it. */
  readonly text: string
  readonly callIds: readonly string[]
  readonly images: number
  readonly finish: string | undefined
  readonly grounding: Grounding | undefined
}

export type StreamState = {
  readonly options: StreamOptions
  readonly choices: ReadonlyMap<number, ChoiceState>
  /** Choices of this call begin here: a request for several answers may need several calls. */
  readonly firstChoice: number
  /** The counters of the call that is being read; each chunk's replace the last. */
  readonly usage: UsageMetadata | undefined
  readonly usageBefore: Usage | undefined
  readonly blockReason: string | undefined
  /** Set when the answer is to be asked for further. */
  readonly continuationToken: string | undefined
  readonly hasFailed: boolean
}

type Step = readonly [StreamState, readonly ChatEvent[]]

const freshChoice: ChoiceState = {
  text: '',
  callIds: [],
  images: 0,
  finish: undefined,
  grounding: undefined,
}

export function beginStream(options: StreamOptions): StreamState {
  return {
    options,
    choices: new Map(),
    firstChoice: 0,
    usage: undefined,
    usageBefore: undefined,
    blockReason: undefined,
    continuationToken: undefined,
    hasFailed: false,
  }
}

/** Takes one chunk of Gemini's answer, or a whole one; `undefined` is a chunk that could not be read. */
export function step(state: StreamState, answer: GeminiAnswer | undefined): Step {
  if (state.hasFailed) return [state, []]
  if (answer === undefined) return fail(state, 'Google sent a chunk that cannot be read.')
  if (answer.error) {
    return [
      { ...state, hasFailed: true },
      [{ kind: 'error', error: googleErrorAnswer(answer.error) }],
    ]
  }
  const { candidates, usageMetadata, promptFeedback } = answer
  const events: ChatEvent[] = []
  const choices = new Map(state.choices)
  let { continuationToken } = state
  for (const candidate of candidates ?? []) {
    const index = state.firstChoice + (candidate.index ?? 0)
    choices.set(index, stepCandidate(choices.get(index), candidate, { index, state, events }))
    if (candidate.finishReason === 'CONTINUATION') {
      continuationToken = candidate.continuationToken ?? undefined
    }
  }
  const next: StreamState = {
    ...state,
    choices,
    continuationToken,
    usage: usageMetadata ?? state.usage,
    blockReason: promptFeedback?.blockReason ?? state.blockReason,
  }
  return [next, events]
}

type CandidateStep = {
  readonly index: number
  readonly state: StreamState
  /** Takes what happens, in order. */
  readonly events: ChatEvent[]
}

function stepCandidate(
  known: ChoiceState | undefined,
  candidate: Candidate,
  { index, state, events }: CandidateStep,
): ChoiceState {
  // The first chunk of a choice says who speaks, before anything is said.
  if (known === undefined) {
    events.push({ kind: 'delta', choice: index, delta: { role: 'assistant', content: '' } })
  }
  let choice = known ?? freshChoice
  for (const part of candidate.content?.parts ?? []) {
    const [after, delta] = stepPart(choice, part, state.options)
    choice = after
    if (delta !== undefined) events.push({ kind: 'delta', choice: index, delta })
  }
  const { groundingMetadata: grounding, finishReason: finish, logprobsResult } = candidate
  const logprobs = logprobsResult ? logprobsOf(logprobsResult) : undefined
  if (logprobs) events.push({ kind: 'delta', choice: index, delta: {}, logprobs })
  if (!grounding && !finish) return choice
  return {
    ...choice,
    grounding: grounding ?? choice.grounding,
    finish: finish ?? choice.finish,
  }
}

/** All that one part says goes out in one delta. */
function stepPart(
  choice: ChoiceState,
  part: AnswerPart,
  options: StreamOptions,
): [ChoiceState, Delta | undefined] {
  let after = choice
  let delta: Delta = {}
  const number = choice.images + 1
  const line: ImageText = (url) =>
    `${choice.text === '' ? '' : '\n'}![Generated Image ${number}](${url})`
  for (const piece of renderPart(part, options.numbersImages ? line : plainImage)) {
    const [next, told] = stepPiece(after, piece, options)
    after = next
    delta = { ...delta, ...told }
  }
  if (part.inlineData) after = { ...after, images: number }
  return [after, Object.keys(delta).length === 0 ? undefined : delta]
}

function stepPiece(
  choice: ChoiceState,
  piece: Piece,
  options: StreamOptions,
): [ChoiceState, Delta] {
  switch (piece.kind) {
    case 'content':
      return [{ ...choice, text: choice.text + piece.text }, { content: piece.text }]
    case 'reasoning':
      return [choice, options.showThoughts ? { reasoning_content: piece.text } : {}]
    case 'signature':
      return [choice, { extra_content: signed(piece.signature) }]
    case 'call': {
      const given = openAiCallId(piece.id ?? options.newCallId())
      // Two calls of one answer never share an id, whatever Google says.
      const id = choice.callIds.includes(given) ? openAiCallId(options.newCallId()) : given
      const call = {
        index: choice.callIds.length,
        id,
        type: 'function' as const,
        function: { name: piece.name, arguments: piece.arguments },
        ...(piece.signature === undefined ? {} : { extra_content: signed(piece.signature) }),
      }
      return [{ ...choice, callIds: [...choice.callIds, id] }, { tool_calls: [call] }]
    }
  }
}

const signed = (signature: string): ExtraContent => ({ google: { thought_signature: signature } })

/** What another call to Google is for: the rest of an answer, more of it, or the next one. */
type NextCall = 'continues' | 'adds' | 'next choice'

/** Makes ready for another call. */
export function nextCall(state: StreamState, kind: NextCall): StreamState {
  const choices = new Map(state.choices)
  for (const [index, choice] of choices) {
    const goesOn = kind === 'adds' || (kind === 'continues' && choice.finish === 'CONTINUATION')
    if (goesOn) choices.set(index, { ...choice, finish: undefined })
  }
  return {
    ...state,
    choices,
    firstChoice: kind === 'next choice' ? choices.size : state.firstChoice,
    usage: undefined,
    usageBefore: usageSoFar(state),
    continuationToken: undefined,
  }
}

/** What an answer ends with: sources, reasons and counters, or the truth that it was cut. */
export function end(state: StreamState): readonly ChatEvent[] {
  if (state.hasFailed) return []
  if (state.choices.size === 0) return endBlocked(state)
  if ([...state.choices.values()].some(({ finish }) => finish === undefined)) {
    return [{ kind: 'error', error: brokenAnswer() }]
  }
  return [
    ...[...state.choices].flatMap(([index, choice]) => endChoice(index, choice, state.options)),
    ...usageEvent(state),
  ]
}

/** Google answers a blocked prompt without any candidate. */
function endBlocked(state: StreamState): readonly ChatEvent[] {
  if (state.blockReason === undefined) return [{ kind: 'error', error: brokenAnswer() }]
  const refusal = `Google blocked the prompt: ${state.blockReason}.`
  return [
    { kind: 'delta', choice: state.firstChoice, delta: { role: 'assistant', refusal } },
    { kind: 'finish', choice: state.firstChoice, reason: 'content_filter' },
    ...usageEvent(state),
  ]
}

function endChoice(index: number, choice: ChoiceState, options: StreamOptions): ChatEvent[] {
  const { grounding, finish = '', text, callIds } = choice
  const reason = finishReason(finish, callIds.length > 0)
  const annotations = grounding ? annotationsOf(grounding, text) : []
  const links = grounding && options.showSearchLinks ? searchLinks(grounding) : ''
  const withheld = reason === 'content_filter' && text === ''
  const delta: Delta = {
    ...(links === '' ? {} : { content: links }),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(withheld ? { refusal: `Google withheld the answer: ${finish}.` } : {}),
  }
  const last: ChatEvent = { kind: 'finish', choice: index, reason }
  return Object.keys(delta).length === 0 ? [last] : [{ kind: 'delta', choice: index, delta }, last]
}

function usageEvent(state: StreamState): ChatEvent[] {
  const usage = usageSoFar(state)
  return usage === undefined ? [] : [{ kind: 'usage', usage }]
}

const usageSoFar = ({ usageBefore, usage }: StreamState): Usage | undefined =>
  addUsage(usageBefore, usage && usageOf(usage))

function fail(state: StreamState, message: string): Step {
  return [{ ...state, hasFailed: true }, [{ kind: 'error', error: brokenAnswer(message) }]]
}
