import type { Sink } from '../../runtime/sink.ts'
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

/** A client that speaks Gemini: bytes reach it as Google sent them. */
export function createNativeReceiver(deps: NativeReceiverDeps): Receiver {
  const { client, framing, scrub } = deps
  return {
    signal: client.signal,

    async deliver(answer) {
      const { whole } = answer
      if (whole !== undefined) {
        // Google's error texts can repeat the key they are about.
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

/** An error that was too long to be held back is read here before it is shown; beyond this it is not worth reading. */
const errorBytes = 1024 * 1024

function createErrorSink(): { sink: Sink; text: () => string } {
  const chunks: Buffer[] = []
  let length = 0
  const sink: Sink = {
    write(chunk) {
      if (length < errorBytes) chunks.push(chunk)
      length += chunk.length
      return true
    },
    onDrain: () => {},
  }
  return { sink, text: () => Buffer.concat(chunks).toString('utf8') }
}

/** What a broken answer ends with: an error in the framing that the client reads, never a normal finish. */
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
