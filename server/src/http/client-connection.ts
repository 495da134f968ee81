import type { ServerResponse } from 'node:http'
import type { Sink } from '../runtime/streams/sink.ts'
import type { Headers } from '../runtime/streams/headers.ts'
import { ClientAbort, type ClientSignal } from '../runtime/streams/client-signal.ts'

/** The client's side of a response: takes bytes with backpressure, and signals a disconnect. */
export interface ClientConnection extends Sink {
  /** Aborts when the client disconnects before its answer is complete. */
  readonly signal: ClientSignal
  begin(status: number, headers: Headers): void
  end(last?: Buffer | string): void
  /** Writes the trailer and closes so that clients see an incomplete answer. */
  breakOff(trailer: string): void
  /** Sends a complete answer. */
  send(status: number, headers: Headers, body: Buffer | string): void
}

/** A whole answer that is ready to be sent. */
export type HttpAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

export function sendAnswer(client: ClientConnection, { status, headers, body }: HttpAnswer): void {
  client.send(status, headers, body)
}

export function connectClient(response: ServerResponse): ClientConnection {
  return new ResponseConnection(response)
}

/** A class, so that its functions are not created for each request. */
class ResponseConnection implements ClientConnection {
  readonly signal = new ClientAbort()
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
    response.on('close', () => {
      if (!response.writableFinished) this.signal.abort()
    })
  }

  begin(status: number, headers: Headers): void {
    this.#response.writeHead(status, headers)
  }

  write(chunk: Buffer): boolean {
    return this.#response.write(chunk)
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
    const sent: (string | string[])[] = ['content-length', String(length)]
    for (const name in headers) {
      const value = headers[name]
      if (name !== 'content-length' && value !== undefined) sent.push(name, value)
    }
    this.#response.writeHead(status, sent)
    this.#response.end(body)
  }
}
