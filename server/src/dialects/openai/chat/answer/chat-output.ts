import {
  createEventWriter,
  endOfStream,
  streamEvent,
  streamHeaders,
  type ChatEvent,
  type Envelope,
} from './chat-events.ts'
import { completionOf } from './chat-response.ts'
import { createKeepAlive } from '../../../translate/pacing/keep-alive.ts'
import { sendAnswer, type ClientConnection } from '../../../../http/client-connection.ts'
import type { Failure } from '../../../failures.ts'
import type { Output } from '../../../translate/output.ts'
import { openAiError, renderFailure } from '../../errors.ts'
import { sendJson } from '../../send-json.ts'

export type ChatOutputOptions = {
  readonly client: ClientConnection
  readonly envelope: Envelope
  readonly headers: Readonly<Record<string, string>>
}

export type StreamOutputOptions = {
  readonly withUsage: boolean
  /** Interval of keep-alive comments; 0 disables them. After the first one errors are sent within the stream. */
  readonly keepAliveMs: number
  /** Interval of empty chunks before the first content; 0 disables them. */
  readonly heartbeatMs: number
}

/** Writes events as server-sent events at once. */
export function createStreamOutput(
  { client, envelope, headers }: ChatOutputOptions,
  { withUsage, keepAliveMs, heartbeatMs }: StreamOutputOptions,
): Output<ChatEvent> {
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

  /** Writes all events of one chunk of Google's answer at once. */
  function emit(events: readonly ChatEvent[]): boolean {
    let text = ''
    let failure: Failure | undefined
    for (const event of events) {
      if (event.kind === 'error') ({ failure } = event)
      else text += writer.write(event) ?? ''
    }
    hasBegun ||= text !== ''
    const hasRoom = text === '' || write(text)
    if (failure === undefined) return hasRoom
    fail(failure)
    return true
  }

  function write(text: string): boolean {
    if (hasEnded) return true
    if (!hasHeaders) client.begin(200, { ...streamHeaders, ...headers })
    hasHeaders = true
    keepAlive.touch()
    return client.write(Buffer.from(text))
  }

  function fail(failure: Failure): void {
    if (hasEnded) return
    hasEnded = true
    if (hasHeaders) client.breakOff(streamEvent({ error: openAiError(failure) }))
    else sendAnswer(client, renderFailure(failure))
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

/** Collects events and sends one complete answer. */
export function createWholeOutput({
  client,
  envelope,
  headers,
}: ChatOutputOptions): Output<ChatEvent> {
  const collected: ChatEvent[] = []
  return {
    hasBegun: false,
    emit(events) {
      collected.push(...events)
      return true
    },
    onRoom: () => {},
    finish(events) {
      collected.push(...events)
      const completion = completionOf(envelope, collected)
      if ('status' in completion) sendAnswer(client, renderFailure(completion))
      else sendJson(client, completion, headers)
    },
    fail: (failure) => sendAnswer(client, renderFailure(failure)),
    close: () => {},
  }
}
