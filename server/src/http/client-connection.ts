import type { ServerResponse } from 'node:http'
import type { Sink } from '../gateway/answer.ts'
import type { Headers } from '../gateway/forwarded-headers.ts'

/** A client on the other end of a response: takes bytes with backpressure, and says when it leaves. */
export interface ClientConnection extends Sink {
  /** Aborts when the client leaves before its answer is complete. */
  readonly signal: AbortSignal
  begin(status: number, headers: Headers): void
  end(last?: Buffer | string): void
  /** Says these last words and closes in a way that no client takes for a finish. */
  cut(lastWords: string): void
  /** A complete answer at once. */
  send(status: number, headers: Headers, body: Buffer | string): void
}

export function connectClient(response: ServerResponse): ClientConnection {
  const leaving = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) leaving.abort(new Error('The client left.'))
  })

  return {
    signal: leaving.signal,
    begin: (status, headers) => {
      response.writeHead(status, headers)
    },
    write: (chunk) => response.write(chunk),
    onDrain: (resume) => {
      response.on('drain', resume)
    },
    end: (last) => {
      if (last === undefined) response.end()
      else response.end(last)
    },
    cut: (lastWords) => {
      // Without the closing chunk of chunked encoding the body is not complete, and every HTTP client says so.
      const { socket } = response
      if (lastWords === '') socket?.end()
      else response.write(lastWords, () => socket?.end())
    },
    send: (status, headers, body) => {
      const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
      response.writeHead(status, { ...headers, 'content-length': String(length) })
      response.end(body)
    },
  }
}
