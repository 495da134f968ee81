import type { ChatEvent, Delta, Envelope, ToolCallDelta } from './chat-events.ts'
import type { FinishReason } from './finish-reason.ts'
import type { Annotation } from '../../translate/grounding.ts'
import type { Logprobs } from './logprobs.ts'
import type { Failure } from '../../failures.ts'
import { noUsage, type Usage } from './usage.ts'

type ToolCall = Omit<ToolCallDelta, 'index'>

export type Message = {
  readonly role: 'assistant'
  readonly content: string | null
  readonly refusal: string | null
  readonly reasoning_content?: string
  readonly tool_calls?: ToolCall[]
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
  annotations: Annotation[]
  extraContent: Delta['extra_content']
  logprobs: Logprobs | undefined
  reason: FinishReason
}

/** A whole answer out of the very events that a stream of it would send. */
export function completionOf(
  envelope: Envelope,
  events: readonly ChatEvent[],
): ChatCompletion | Failure {
  const gathered = new Map<number, CollectedChoice>()
  let usage = noUsage
  for (const event of events) {
    if (event.kind === 'error') return event.failure
    if (event.kind === 'usage') usage = event.usage
    else collect(gathered, event)
  }
  const choices = [...gathered].map(([index, one]) => ({
    index,
    message: messageOf(one),
    logprobs: one.logprobs ?? null,
    finish_reason: one.reason,
  }))
  const { id, created, model } = envelope
  return { id, object: 'chat.completion', created, model, choices, usage }
}

function collect(
  gathered: Map<number, CollectedChoice>,
  event: Extract<ChatEvent, { kind: 'delta' | 'finish' }>,
): void {
  const one = gathered.get(event.choice) ?? emptyChoice()
  gathered.set(event.choice, one)
  if (event.kind === 'finish') {
    one.reason = event.reason
    return
  }
  const { delta, logprobs } = event
  one.content += delta.content ?? ''
  one.reasoning += delta.reasoning_content ?? ''
  one.refusal += delta.refusal ?? ''
  for (const { index: _place, ...call } of delta.tool_calls ?? []) one.calls.push(call)
  one.annotations.push(...(delta.annotations ?? []))
  one.extraContent = delta.extra_content ?? one.extraContent
  if (logprobs) {
    const content = [...(one.logprobs?.content ?? []), ...logprobs.content]
    one.logprobs = { content, refusal: null }
  }
}

function emptyChoice(): CollectedChoice {
  return {
    content: '',
    reasoning: '',
    refusal: '',
    calls: [],
    annotations: [],
    extraContent: undefined,
    logprobs: undefined,
    reason: 'length',
  }
}

function messageOf(one: CollectedChoice): Message {
  const isSilent = one.content === '' && (one.calls.length > 0 || one.refusal !== '')
  return {
    role: 'assistant',
    content: isSilent ? null : one.content,
    refusal: one.refusal === '' ? null : one.refusal,
    ...(one.reasoning === '' ? {} : { reasoning_content: one.reasoning }),
    ...(one.calls.length === 0 ? {} : { tool_calls: one.calls }),
    ...(one.annotations.length === 0 ? {} : { annotations: one.annotations }),
    ...(one.extraContent === undefined ? {} : { extra_content: one.extraContent }),
  }
}
