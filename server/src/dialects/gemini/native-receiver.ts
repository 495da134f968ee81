import type { Sink } from '../../runtime/streams/sink.ts'
import type { Framing } from '../../google/upstream-call.ts'
import type { Receiver } from '../../gateway/receiver.ts'
import { sendAnswer, type ClientConnection } from '../../http/client-connection.ts'
import { noKeyFailure, outcomeFailure, brokenAnswer } from '../failures.ts'
import { renderFailure } from './errors.ts'

export type NativeReceiverDeps = {
  readonly client: ClientConnection
  readonly framing: Framing
  readonly model: string
  readonly scrub: (text: string) => string
  readonly now: () => number
}

/** Passes Google's bytes on to a Gemini client unchanged. */
export function createNativeReceiver(deps: NativeReceiverDeps): Receiver {
  const { client, framing, scrub } = deps
  return {
    signal: client.signal,

    async deliver(answer) {
      const { whole } = answer
      if (whole !== undefined) {
        // Google's error texts can quote the key.
        const body = answer.status >= 400 ? scrub(whole.toString('utf8')) : whole
        client.send(answer.status, answer.headers, body)
        return { kind: 'complete' }
      }
      if (answer.status >= 400) {
        const { sink, text } = createErrorSink()
        const end = await answer.pipe(sink)
        client.send(answer.status, answer.headers, scrub(text()))
        return end
      }
      client.begin(answer.status, answer.headers)
      const end = await answer.pipe(client)
      if (end.kind === 'complete') client.end()
      else client.breakOff(errorTrailer(framing, answer.tail()))
      return end
    },

    refuse: (reason) =>
      sendAnswer(client, renderFailure(noKeyFailure(reason, deps.model, deps.now()))),

    fail: (outcome) => sendAnswer(client, renderFailure(outcomeFailure(outcome))),
  }
}

/** Long errors are collected up to this size, so that they can be scrubbed. */
const maxErrorBytes = 1024 * 1024

function createErrorSink(): { sink: Sink; text: () => string } {
  const chunks: Buffer[] = []
  let length = 0
  const sink: Sink = {
    write(chunk) {
      if (length < maxErrorBytes) chunks.push(chunk)
      length += chunk.length
      return true
    },
    onDrain: () => {},
  }
  return { sink, text: () => Buffer.concat(chunks).toString('utf8') }
}

/** The end of a broken answer: an error in the stream's framing, never a normal finish. */
function errorTrailer(framing: Framing, tail: Buffer): string {
  const error = JSON.stringify(JSON.parse(renderFailure(brokenAnswer()).body))
  switch (framing) {
    case 'sse': {
      const isBetweenEvents = /(\n\n|\r\n\r\n|\r\r)$/.test(tail.subarray(-4).toString('latin1'))
      return `${isBetweenEvents ? '' : '\r\n\r\n'}data: ${error}\r\n\r\n`
    }
    case 'array': {
      const isBetweenElements = /\}\s*$/.test(tail.subarray(-8).toString('latin1'))
      return isBetweenElements ? `\n,\r\n${error}\n]` : ''
    }
    case 'unary':
      return ''
  }
}
