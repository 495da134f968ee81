import type { ClientConnection } from '../../../http/client-connection.ts'
import {
  createEventWriter,
  endOfStream,
  streamEvent,
  type ChatEvent,
  type Envelope,
} from './chat-events.ts'
import { completionOf } from './chat-response.ts'
import { createKeepAlive } from '../../translate/keep-alive.ts'
import { sendError, sendJson } from '../send-json.ts'
import type { OpenAiError } from '../errors.ts'

/** Where the events of an answer go. */
export interface ChatOutput {
  /** Whether the client has seen anything of the answer yet. */
  readonly hasBegun: boolean
  /** Takes the next events; false when the client is full. */
  emit(events: readonly ChatEvent[]): boolean
  /** Who is to be told when a client that was full is not any more; whoever came last. */
  onRoom(resume: () => void): void
  /** These are the last events. */
  finish(events: readonly ChatEvent[]): void
  fail(error: OpenAiError): void
  close(): void
}

export type OutputOptions = {
  readonly client: ClientConnection
  readonly envelope: Envelope
  readonly headers: Readonly<Record<string, string>>
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  // Proxies that buffer would turn a stream into a wait.
  'x-accel-buffering': 'no',
}

export type StreamOutputOptions = {
  readonly withUsage: boolean
  /** Silence after which a stream says that it is alive; 0 is never. From then on an error can only come inside it. */
  readonly keepAliveMs: number
  /** Silence after which a client is told that its answer is being made, before there is any of it; 0 is never. */
  readonly heartbeatMs: number
}

/** Events as server-sent events, as soon as they happen. */
export function createStreamOutput(
  { client, envelope, headers }: OutputOptions,
  { withUsage, keepAliveMs, heartbeatMs }: StreamOutputOptions,
): ChatOutput {
  const writer = createEventWriter(envelope, withUsage)
  let hasBegun = false
  let hasHeaders = false
  let hasEnded = false
  let resume: (() => void) | undefined
  client.onDrain(() => resume?.())
  const keepAlive = createKeepAlive(keepAliveMs, () => {
    write(': keep-alive\n\n')
  })
  const heartbeat = createKeepAlive(heartbeatMs, () => {
    if (!hasBegun) write(writer.heartbeat())
  })

  /** All events of one piece of Google's answer go out in one write. */
  function emit(events: readonly ChatEvent[]): boolean {
    let text = ''
    let told: OpenAiError | undefined
    for (const event of events) {
      if (event.kind === 'error') told = event.error
      else text += writer.write(event) ?? ''
    }
    hasBegun ||= text !== ''
    const hasRoom = text === '' || write(text)
    if (told === undefined) return hasRoom
    fail(told)
    return true
  }

  function write(text: string): boolean {
    if (hasEnded) return true
    if (!hasHeaders) client.begin(200, { ...streamHeaders, ...headers })
    hasHeaders = true
    keepAlive.touch()
    return client.write(Buffer.from(text))
  }

  function fail(error: OpenAiError): void {
    if (hasEnded) return
    hasEnded = true
    if (hasHeaders) client.breakOff(streamEvent({ error: error.error }))
    else sendError(client, error)
  }

  return {
    get hasBegun() {
      return hasBegun
    },
    emit,
    onRoom(listener) {
      resume = listener
    },
    finish(events) {
      emit(events)
      if (hasEnded) return
      hasEnded = true
      client.end(endOfStream)
    },
    fail,
    close() {
      keepAlive.close()
      heartbeat.close()
    },
  }
}

/** Events put together into one answer, sent when it is whole. */
export function createWholeOutput({ client, envelope, headers }: OutputOptions): ChatOutput {
  const told: ChatEvent[] = []
  return {
    hasBegun: false,
    emit(events) {
      told.push(...events)
      return true
    },
    onRoom: () => {},
    finish(events) {
      told.push(...events)
      const completion = completionOf(envelope, told)
      if ('error' in completion) sendError(client, completion)
      else sendJson(client, completion, headers)
    },
    fail: (error) => sendError(client, error),
    close: () => {},
  }
}
