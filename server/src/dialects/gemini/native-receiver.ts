import type { Sink } from '../../runtime/streams/sink.ts'
import type { Framing } from '../../google/upstream-call.ts'
import type { Receiver } from '../../gateway/receiver.ts'
import { sendAnswer, type ClientConnection } from '../../http/client-connection.ts'
import { parseJson } from '../../runtime/json-value.ts'
import type { Answer } from '../../gateway/answer.ts'
import { brokenAnswer, googleFailure, noKeyFailure, outcomeFailure } from '../failures.ts'
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
        if (answer.status >= 400) sendError(client, answer, scrub(whole.toString('utf8')))
        else client.send(answer.status, answer.headers, whole)
        return { kind: 'complete' }
      }
      if (answer.status >= 400) {
        const { sink, text } = createErrorSink()
        const end = await answer.pipe(sink)
        sendError(client, answer, scrub(text()))
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

/** Google's error as it is; one that is not JSON, such as a page of a proxy, in Google's form. */
function sendError(client: ClientConnection, { status, headers }: Answer, text: string): void {
  const isJson = parseJson(text.replace(/^\s*data:/, '')) !== undefined
  if (isJson) client.send(status, headers, text)
  else sendAnswer(client, renderFailure(googleFailure(status, text)))
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
