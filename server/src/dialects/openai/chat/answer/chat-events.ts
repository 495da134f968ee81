import type { FinishReason } from './finish-reason.ts'
import type { Annotation } from '../../../translate/content/grounding.ts'
import type { Logprobs } from './logprobs.ts'
import type { Failure } from '../../../failures.ts'
import { openAiError } from '../../errors.ts'
import type { Usage } from './usage.ts'

export type ExtraContent = { readonly google: { readonly thought_signature: string } }

export type CalledFunction = { readonly name: string; readonly arguments: string }

export type ToolCallDelta = {
  readonly index: number
  readonly id: string
  readonly type: 'function'
  readonly function: CalledFunction
  readonly extra_content?: ExtraContent
}

export type Delta = {
  readonly role?: 'assistant'
  readonly content?: string
  readonly reasoning_content?: string
  readonly refusal?: string
  readonly tool_calls?: readonly ToolCallDelta[]
  /** The call in the legacy form. */
  readonly function_call?: CalledFunction
  readonly annotations?: readonly Annotation[]
  readonly extra_content?: ExtraContent
}

/** The events of an answer, in order. A stream sends them one by one; a whole answer collects them. */
export type ChatEvent =
  | {
      readonly kind: 'delta'
      readonly choice: number
      readonly delta: Delta
      readonly logprobs?: Logprobs
    }
  | { readonly kind: 'finish'; readonly choice: number; readonly reason: FinishReason }
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** The last event of a broken answer. */
  | { readonly kind: 'error'; readonly failure: Failure }

/** The fields that all chunks of an answer share. */
export type Envelope = { readonly id: string; readonly created: number; readonly model: string }

/** Writes the server-sent events of one answer. */
export interface EventWriter {
  /** Undefined when the client does not want this event. */
  write(event: ChatEvent): string | undefined
  /** A chunk without choices, as a sign of life. */
  heartbeat(): string
}

/** `withUsage` is `stream_options.include_usage`. The shared fields are serialized once, for speed. */
export function createEventWriter(envelope: Envelope, withUsage: boolean): EventWriter {
  const { id, created, model } = envelope
  const head = JSON.stringify({ id, object: 'chat.completion.chunk', created, model }).slice(0, -1)
  const begin = `data: ${head},"choices":[`
  // With include_usage all chunks except the last have `usage: null`.
  const end = withUsage ? '],"usage":null}\n\n' : ']}\n\n'
  return {
    write(event) {
      switch (event.kind) {
        case 'delta':
          return begin + deltaChoice(event) + end
        case 'finish': {
          const { choice: index, reason } = event
          return begin + JSON.stringify({ index, delta: {}, finish_reason: reason }) + end
        }
        case 'usage':
          return withUsage ? `${begin}],"usage":${JSON.stringify(event.usage)}}\n\n` : undefined
        case 'error':
          return streamEvent({ error: openAiError(event.failure) })
      }
    },
    heartbeat: () => `${begin}]}\n\n`,
  }
}

function deltaChoice({ choice, delta, logprobs }: Extract<ChatEvent, { kind: 'delta' }>): string {
  const more = logprobs ? `,"logprobs":${JSON.stringify(logprobs)}` : ''
  return `{"index":${choice},"delta":${JSON.stringify(delta)}${more},"finish_reason":null}`
}

export const endOfStream = 'data: [DONE]\n\n'

export const streamEvent = (chunk: object): string => `data: ${JSON.stringify(chunk)}\n\n`

export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  // Disables buffering in nginx.
  'x-accel-buffering': 'no',
}
