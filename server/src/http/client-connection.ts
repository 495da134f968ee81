import type { ErrorCode } from '@gemini-balance/contract'
import type { ServerResponse } from 'node:http'
import { requestIdHeader } from '../runtime/request-id.ts'
import type { Socket } from 'node:net'
import type { Sink } from '../runtime/streams/sink.ts'
import type { Headers } from '../runtime/streams/headers.ts'
import { chunkFrame } from './chunk-frame.ts'
import { ClientAbort, type ClientSignal } from '../runtime/streams/client-signal.ts'

/** The client's side of a response: takes bytes with backpressure, and signals a disconnect. */
export interface ClientConnection extends Sink {
  /** Aborts when the client disconnects before its answer is complete. */
  readonly signal: ClientSignal
  /** Why the answer is an error of the gateway's own. */
  reason: AnswerReason | undefined
  begin(status: number, headers: Headers): void
  end(last?: Buffer | string): void
  /** Writes the trailer and closes so that clients see an incomplete answer. */
  breakOff(trailer: string): void
  /** Sends a complete answer. */
  send(status: number, headers: Headers, body: Buffer | string): void
}

export type AnswerReason = { readonly code: ErrorCode; readonly message: string }

/** A whole answer that is ready to be sent. */
export type HttpAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Set on errors. */
  readonly reason?: AnswerReason
}

export function sendAnswer(client: ClientConnection, answer: HttpAnswer): void {
  client.reason = answer.reason
  client.send(answer.status, answer.headers, answer.body)
}

/** Every answer gets the id of its request. */
export function connectClient(response: ServerResponse, requestId: string): ClientConnection {
  return new ResponseConnection(response, requestId)
}

/** Up to this size it is cheaper to copy a chunk into its frame than to write the frame in four parts, as Node does. */
const mostCopiedBytes = 4000

/** A class, so that its functions are not created for each request. */
class ResponseConnection implements ClientConnection {
  readonly signal = new ClientAbort()
  reason: AnswerReason | undefined
  readonly #response: ServerResponse
  readonly #requestId: string
  #hasBegunBody = false
  #waitsForDrain = false

  constructor(response: ServerResponse, requestId: string) {
    this.#response = response
    this.#requestId = requestId
    response.on('close', () => {
      if (!response.writableFinished) this.signal.abort()
    })
  }

  begin(status: number, headers: Headers): void {
    this.#response.writeHead(status, { [requestIdHeader]: this.#requestId, ...headers })
  }

  write(chunk: Buffer): boolean {
    const { chunkedEncoding, socket } = this.#response
    const isSmall = chunk.length > 0 && chunk.length <= mostCopiedBytes
    // The first write sends the headers too.
    if (this.#hasBegunBody && chunkedEncoding && isSmall && socket?.writable === true) {
      return this.#writeFrame(socket, chunk)
    }
    this.#hasBegunBody = true
    return this.#response.write(chunk)
  }

  #writeFrame(socket: Socket, chunk: Buffer): boolean {
    const hasRoom = socket.write(chunkFrame(chunk))
    if (!hasRoom && !this.#waitsForDrain) {
      this.#waitsForDrain = true
      socket.once('drain', () => {
        this.#waitsForDrain = false
        this.#response.emit('drain')
      })
    }
    return hasRoom
  }

  onDrain(resume: () => void): void {
    this.#response.on('drain', resume)
  }

  end(last?: Buffer | string): void {
    if (last === undefined) this.#response.end()
    else this.#response.end(last)
  }

  breakOff(trailer: string): void {
    // Without the last chunk of chunked encoding, every HTTP client reports an incomplete body.
    const { socket } = this.#response
    if (trailer === '') socket?.end()
    else this.#response.write(trailer, () => socket?.end())
  }

  send(status: number, headers: Headers, body: Buffer | string): void {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    const sent: (string | string[])[] = [
      'content-length',
      String(length),
      requestIdHeader,
      this.#requestId,
    ]
    for (const name in headers) {
      const value = headers[name]
      if (name !== 'content-length' && value !== undefined) sent.push(name, value)
    }
    this.#response.writeHead(status, sent)
    this.#response.end(body)
  }
}
