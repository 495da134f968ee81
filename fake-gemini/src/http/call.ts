import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ReceivedCall } from '../received.ts'
import type { ServerContext } from '../server-context.ts'
import type { Route } from './route.ts'

/** One HTTP request in progress. */
export type Call = {
  readonly context: ServerContext
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly route: Route
  readonly record: ReceivedCall
  readonly text: string
  /** Set when either side closes the socket. */
  closed: boolean
  onClosed: (() => void) | undefined
}

/** Resolves to false as soon as the client disconnects. */
export function pause(call: Call, ms: number): Promise<boolean> {
  if (call.closed) return Promise.resolve(false)
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      call.onClosed = undefined
      resolve(true)
    }, ms)
    call.onClosed = () => {
      clearTimeout(timer)
      resolve(false)
    }
  })
}

/** Waits for `drain` if the socket is full. Returns false if the client disconnected. */
export function write(call: Call, data: string | Buffer): Promise<boolean> | boolean {
  const { response } = call
  if (call.closed) return false
  if (response.write(data)) return true
  return new Promise((resolve) => {
    const drained = (): void => {
      call.onClosed = undefined
      resolve(true)
    }
    response.once('drain', drained)
    call.onClosed = () => {
      response.off('drain', drained)
      resolve(false)
    }
  })
}

/** Resolves when the client disconnects or the server closes. */
export function hang(call: Call): Promise<void> {
  if (call.closed) return Promise.resolve()
  return new Promise((resolve) => {
    call.onClosed = resolve
  })
}

/** Destroys the socket after pending writes are flushed. */
export function cutConnection(call: Call): void {
  const { response } = call
  call.closed = true
  const { socket } = response
  if (!socket) return
  if (!response.headersSent) {
    socket.destroy()
    return
  }
  // The callback of an empty write runs after all earlier bytes were passed to the kernel.
  socket.write('', () => socket.destroy())
}
