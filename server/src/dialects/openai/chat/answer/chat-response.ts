import type { CalledFunction, ChatEvent, Delta, Envelope, ToolCallDelta } from './chat-events.ts'
import type { FinishReason } from './finish-reason.ts'
import type { Annotation } from '../../../translate/content/grounding.ts'
import type { Logprobs } from './logprobs.ts'
import type { Failure } from '../../../failures.ts'
import { noUsage, type Usage } from './usage.ts'

type ToolCall = Omit<ToolCallDelta, 'index'>

export type Message = {
  readonly role: 'assistant'
  readonly content: string | null
  readonly refusal: string | null
  readonly reasoning_content?: string
  readonly tool_calls?: ToolCall[]
  readonly function_call?: CalledFunction
  readonly annotations?: Annotation[]
  readonly extra_content?: Delta['extra_content']
}

export type ChatCompletion = Envelope & {
  readonly object: 'chat.completion'
  readonly choices: readonly {
    readonly index: number
    readonly message: Message
    readonly logprobs: Logprobs | null
    readonly finish_reason: FinishReason
  }[]
  readonly usage: Usage
}

type CollectedChoice = {
  content: string
  reasoning: string
  refusal: string
  calls: ToolCall[]
  legacyCall: CalledFunction | undefined
  annotations: Annotation[]
  extraContent: Delta['extra_content']
  logprobs: Logprobs | undefined
  reason: FinishReason
}

/** Builds a whole answer from the events of its stream. */
export function completionOf(
  envelope: Envelope,
  events: readonly ChatEvent[],
): ChatCompletion | Failure {
  const collected = new Map<number, CollectedChoice>()
  let usage = noUsage
  for (const event of events) {
    if (event.kind === 'error') return event.failure
    if (event.kind === 'usage') usage = event.usage
    else collect(collected, event)
  }
  const choices = [...collected].map(([index, choice]) => ({
    index,
    message: messageOf(choice),
    logprobs: choice.logprobs ?? null,
    finish_reason: choice.reason,
  }))
  const { id, created, model } = envelope
  return { id, object: 'chat.completion', created, model, choices, usage }
}

function collect(
  collected: Map<number, CollectedChoice>,
  event: Extract<ChatEvent, { kind: 'delta' | 'finish' }>,
): void {
  const choice = collected.get(event.choice) ?? emptyChoice()
  collected.set(event.choice, choice)
  if (event.kind === 'finish') {
    choice.reason = event.reason
    return
  }
  const { delta, logprobs } = event
  choice.content += delta.content ?? ''
  choice.reasoning += delta.reasoning_content ?? ''
  choice.refusal += delta.refusal ?? ''
  for (const { index: _place, ...call } of delta.tool_calls ?? []) choice.calls.push(call)
  choice.legacyCall = delta.function_call ?? choice.legacyCall
  choice.annotations.push(...(delta.annotations ?? []))
  choice.extraContent = delta.extra_content ?? choice.extraContent
  if (logprobs) {
    const content = [...(choice.logprobs?.content ?? []), ...logprobs.content]
    choice.logprobs = { content, refusal: null }
  }
}

function emptyChoice(): CollectedChoice {
  return {
    content: '',
    reasoning: '',
    refusal: '',
    calls: [],
    legacyCall: undefined,
    annotations: [],
    extraContent: undefined,
    logprobs: undefined,
    reason: 'length',
  }
}

function messageOf(choice: CollectedChoice): Message {
  const hasCall = choice.calls.length > 0 || choice.legacyCall !== undefined
  const hasNoContent = choice.content === '' && (hasCall || choice.refusal !== '')
  return {
    role: 'assistant',
    content: hasNoContent ? null : choice.content,
    refusal: choice.refusal === '' ? null : choice.refusal,
    ...(choice.reasoning === '' ? {} : { reasoning_content: choice.reasoning }),
    ...(choice.calls.length === 0 ? {} : { tool_calls: choice.calls }),
    ...(choice.legacyCall === undefined ? {} : { function_call: choice.legacyCall }),
    ...(choice.annotations.length === 0 ? {} : { annotations: choice.annotations }),
    ...(choice.extraContent === undefined ? {} : { extra_content: choice.extraContent }),
  }
}
