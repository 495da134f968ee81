import { createSseSplitter } from '../../../google/answers/stream-chunks.ts'
import { createEventWriter, type ChatEvent } from '../chat/answer/chat-events.ts'
import { ChatStream, type StreamOptions } from '../chat/answer/chat-stream.ts'
import { completionOf, type ChatCompletion } from '../chat/answer/chat-response.ts'
import { readAnswer } from '../../../google/answers/gemini-answer.ts'
import type { Failure } from '../../failures.ts'

export const envelope = { id: 'chatcmpl-1', created: 1, model: 'gemini-3.8-flash' }

export function testOptions(options: Partial<StreamOptions> = {}): StreamOptions {
  let calls = 0
  return {
    showThoughts: true,
    showSearchLinks: false,
    numbersImages: false,
    newCallId: () => `new${(calls += 1)}`,
    keepSignature: () => {},
    clientToolName: (name) => name,
    callForm: 'tool_calls',
    ...options,
  }
}

/** The events of an answer with these chunks. */
export function eventsOf(chunks: readonly string[], options = testOptions()): ChatEvent[] {
  const stream = new ChatStream(options)
  const events = chunks.flatMap((chunk) => stream.take(readAnswer(chunk)))
  return [...events, ...stream.end()]
}

/** The chunks of a stream received in these pieces. */
export function chunksOf(pieces: readonly Buffer[]): string[] {
  const splitter = createSseSplitter()
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.flush()]
}

export function complete(
  chunks: readonly object[],
  options = testOptions(),
): ChatCompletion | Failure {
  return completionOf(
    envelope,
    eventsOf(
      chunks.map((chunk) => JSON.stringify(chunk)),
      options,
    ),
  )
}

/** The chunks that a streaming client gets for these events. */
export function sentChunks(events: readonly ChatEvent[], withUsage: boolean): object[] {
  const writer = createEventWriter(envelope, withUsage)
  return events.flatMap((event) => {
    const text = writer.write(event)
    return text === undefined ? [] : [Object(JSON.parse(text.slice('data: '.length)))]
  })
}
