import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ReceivedCall } from '../received.ts'
import type { World } from '../world.ts'
import type { Route } from './route.ts'

/** One call on its way through the server. */
export type Call = {
  readonly world: World
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly route: Route
  readonly record: ReceivedCall
  readonly text: string
  /** Set when the socket is closed, by either side. */
  closed: boolean
  onClosed: (() => void) | undefined
}

/** Waits; answers false at once when the client has left. */
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

/** Writes with respect for a full socket; answers false when the client has left. */
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

/** Never answers; ends when the client leaves or the server closes. */
export function hang(call: Call): Promise<void> {
  if (call.closed) return Promise.resolve()
  return new Promise((resolve) => {
    call.onClosed = resolve
  })
}

/** Breaks the connection after everything written so far has left. */
export function cutConnection(call: Call): void {
  const { response } = call
  call.closed = true
  const { socket } = response
  if (!socket) return
  if (!response.headersSent) {
    socket.destroy()
    return
  }
  // The callback of an empty write comes after the bytes before it were handed to the system.
  socket.write('', () => socket.destroy())
}
