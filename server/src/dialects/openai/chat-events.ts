import type { FinishReason } from './finish-reason.ts'
import type { Annotation } from './grounding.ts'
import type { Logprobs } from './logprobs.ts'
import type { OpenAiError } from './openai-error.ts'
import type { Usage } from './usage.ts'

export type ExtraContent = { readonly google: { readonly thought_signature: string } }

export type ToolCallDelta = {
  readonly index: number
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
  readonly extra_content?: ExtraContent
}

export type Delta = {
  readonly role?: 'assistant'
  readonly content?: string
  readonly reasoning_content?: string
  readonly refusal?: string
  readonly tool_calls?: readonly ToolCallDelta[]
  readonly annotations?: readonly Annotation[]
  readonly extra_content?: ExtraContent
}

/** What happens in an answer, in order; a stream sends it as it comes, a whole answer is all of it put together. */
export type ChatEvent =
  | {
      readonly kind: 'delta'
      readonly choice: number
      readonly delta: Delta
      readonly logprobs?: Logprobs
    }
  | { readonly kind: 'finish'; readonly choice: number; readonly reason: FinishReason }
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** The answer broke; nothing follows. */
  | { readonly kind: 'error'; readonly error: OpenAiError }

/** What every chunk of one answer says of it. */
export type Envelope = { readonly id: string; readonly created: number; readonly model: string }

/** The chunk of a stream that tells of an event; `withUsage` is `stream_options.include_usage`. */
export function chunkOf(
  envelope: Envelope,
  event: ChatEvent,
  withUsage: boolean,
): object | undefined {
  const head = {
    id: envelope.id,
    object: 'chat.completion.chunk',
    created: envelope.created,
    model: envelope.model,
  }
  // With include_usage every chunk but the last says that it knows none yet.
  const usage = withUsage ? { usage: null } : {}
  switch (event.kind) {
    case 'delta': {
      const { choice: index, delta, logprobs } = event
      const choice = { index, delta, ...(logprobs ? { logprobs } : {}), finish_reason: null }
      return { ...head, choices: [choice], ...usage }
    }
    case 'finish': {
      const choice = { index: event.choice, delta: {}, finish_reason: event.reason }
      return { ...head, choices: [choice], ...usage }
    }
    case 'usage':
      return withUsage ? { ...head, choices: [], usage: event.usage } : undefined
    case 'error':
      return { error: event.error.error }
  }
}

/** A chunk without anything in it: the answer is being made. */
export const heartbeatOf = ({ id, created, model }: Envelope): object => ({
  id,
  object: 'chat.completion.chunk',
  created,
  model,
  choices: [],
})

export const endOfStream = 'data: [DONE]\n\n'

export const streamEvent = (chunk: object): string => `data: ${JSON.stringify(chunk)}\n\n`
