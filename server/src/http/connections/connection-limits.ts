import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { newRequestId, requestIdHeader } from '../../runtime/request-id.ts'
import { networkOf } from '../../runtime/network-of.ts'
import {
  nextProgress,
  type ConnectionProgress,
  type ConnectionSample,
  type ProgressLimits,
  type Stall,
} from './connection-progress.ts'

export type ConnectionLimits = ProgressLimits & {
  readonly headersMs: number
  /** Open connections of an address; 0 is no limit. */
  readonly maxPerAddress: number
}

export type ConnectionDrop = Stall | 'too-many-connections'

export type ConnectionLimitsDeps = {
  /** From the settings, now. */
  readonly limits: () => ConnectionLimits
  /** A trusted proxy holds the connections of many clients, and limits them itself. */
  readonly isProxy: (address: string) => boolean
  readonly now: () => number
  readonly onDrop: (drop: ConnectionDrop, address: string) => void
  readonly checkEveryMs?: number
}

/** How often connections are checked. */
export const connectionCheckMs = 2000

type Connection = {
  request: IncomingMessage | undefined
  response: ServerResponse | undefined
  progress: ConnectionProgress | undefined
}

/** Closes connections of clients that do not move, and those beyond the limit of their address. */
export function limitConnections(server: Server, deps: ConnectionLimitsDeps): void {
  const { limits, isProxy, now, onDrop, checkEveryMs = connectionCheckMs } = deps
  const connections = new Map<Socket, Connection>()
  const perNetwork = new Map<string, number>()

  function countOpen(socket: Socket, address: string): void {
    const network = networkOf(address)
    perNetwork.set(network, (perNetwork.get(network) ?? 0) + 1)
    socket.once('close', () => {
      const left = (perNetwork.get(network) ?? 1) - 1
      if (left === 0) perNetwork.delete(network)
      else perNetwork.set(network, left)
    })
  }

  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? 'unknown'
    const { maxPerAddress } = limits()
    if (maxPerAddress > 0 && !isProxy(address)) {
      if ((perNetwork.get(networkOf(address)) ?? 0) >= maxPerAddress) {
        onDrop('too-many-connections', address)
        socket.destroy()
        return
      }
      countOpen(socket, address)
    }
    connections.set(socket, { request: undefined, response: undefined, progress: undefined })
    socket.once('close', () => connections.delete(socket))
  })

  server.on('request', (request, response) => {
    const connection = connections.get(request.socket)
    if (connection === undefined) return
    connection.request = request
    connection.response = response
  })

  const timer = setInterval(() => {
    const at = now()
    const current = limits()
    server.headersTimeout = current.headersMs
    for (const [socket, connection] of connections) {
      // An idle connection holds no request.
      if (connection.request?.complete === true) forgetRequest(connection)
      const unsent = unsentBytes(socket)
      if (connection.request === undefined && unsent === 0) {
        connection.progress = undefined
        continue
      }
      const sample = sampleOf(socket, connection.request !== undefined, { at, unsent })
      const next = nextProgress(connection.progress, sample, current)
      if (typeof next === 'string') {
        onDrop(next, socket.remoteAddress ?? 'unknown')
        drop(socket, connection)
      } else connection.progress = next
    }
  }, checkEveryMs)
  timer.unref()
  server.once('close', () => clearInterval(timer))
}

function forgetRequest(connection: Connection): void {
  connection.request = undefined
  connection.response = undefined
}

function sampleOf(
  socket: Socket,
  isReceiving: boolean,
  { at, unsent }: { readonly at: number; readonly unsent: number },
): ConnectionSample {
  return {
    at,
    isReceiving,
    received: socket.bytesRead,
    isSending: unsent > 0,
    sent: socket.bytesWritten - unsent,
  }
}

/** What waits, and the rest of the chunk that is being written. Only the handle knows that; Node's own idle timeout reads it there. */
function unsentBytes(socket: Socket): number {
  const waiting = socket.writableLength
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle !== 'object' || handle === null || !('writeQueueSize' in handle)) return waiting
  return waiting + Number(handle.writeQueueSize)
}

const timedOut = (requestId: string) =>
  `HTTP/1.1 408 Request Timeout\r\n${requestIdHeader}: ${requestId}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`

function drop(socket: Socket, { response }: Connection): void {
  if (response?.headersSent === false && socket.writable)
    socket.write(timedOut(newRequestId(Date.now())))
  socket.destroy()
}
