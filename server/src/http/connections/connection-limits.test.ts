import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { ClientDisconnected } from '../../runtime/streams/client-disconnected.ts'
import { connectClient } from '../client-connection.ts'
import {
  limitConnections,
  type ConnectionDrop,
  type ConnectionLimits,
} from './connection-limits.ts'
import { readBody } from '../request-body.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const loose: ConnectionLimits = {
  headersMs: 60_000,
  requestIdleMs: 60_000,
  requestMinBytesPerSecond: 0,
  responseIdleMs: 60_000,
  maxPerAddress: 0,
}

const nothing: RequestListener = () => {}

type Started = {
  readonly drops: ConnectionDrop[]
  open(): Promise<Socket>
}

async function start(
  limits: Partial<ConnectionLimits>,
  answer = nothing,
  isProxy = false,
): Promise<Started> {
  const server = createServer(
    {
      requestTimeout: 0,
      headersTimeout: limits.headersMs ?? 60_000,
      connectionsCheckingInterval: 10,
    },
    answer,
  )
  const drops: ConnectionDrop[] = []
  limitConnections(server, {
    limits: () => ({ ...loose, ...limits }),
    isProxy: () => isProxy,
    now: () => performance.now(),
    onDrop: (drop) => void drops.push(drop),
    checkEveryMs: 10,
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closers.push(
    () => void server.close(),
    () => server.closeAllConnections(),
  )
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    drops,
    async open() {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      closers.push(() => void socket.destroy())
      await once(socket, 'connect')
      return socket
    },
  }
}

const post = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n'
const get = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'

test('a connection whose headers do not arrive is closed, even when it sends nothing', async () => {
  const server = await start({ headersMs: 50 })
  const silent = await server.open()
  const begun = await server.open()
  begun.write('GET / HTTP/1.1\r\nhost: ')
  await Promise.all([text(silent), text(begun)])
})

test('a request body that stops is answered with 408, and its reader is told', async () => {
  const errors: unknown[] = []
  const server = await start({ requestIdleMs: 50 }, (request) => {
    readBody(request, 1000).catch((error: unknown) => errors.push(error))
  })
  const socket = await server.open()
  socket.write(`${post}the first bytes`)
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /)
  await expect.poll(() => errors).toEqual([expect.any(ClientDisconnected)])
  expect(server.drops).toEqual(['idle-request'])
})

test('a reader that takes nothing is dropped, and its request aborts', async () => {
  let isAborted = false
  const server = await start({ responseIdleMs: 50 }, (_request, response) => {
    const client = connectClient(response, 'id')
    client.signal.onAbort(() => {
      isAborted = true
    })
    client.begin(200, {})
    client.write(Buffer.alloc(64 * 1024 * 1024))
  })
  const socket = await server.open()
  socket.pause()
  socket.write(get)
  await expect.poll(() => isAborted).toBe(true)
  expect(server.drops).toEqual(['idle-reader'])
})

test('a reader that keeps taking a large answer gets all of it', async () => {
  const length = 16 * 1024 * 1024
  const server = await start({ responseIdleMs: 500 }, (_request, response) => {
    connectClient(response, 'id').send(200, {}, Buffer.alloc(length))
  })
  const socket = await server.open()
  socket.write(get.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'))
  let received = 0
  for await (const chunk of socket) received += Buffer.byteLength(String(chunk))
  expect(received).toBeGreaterThan(length)
  expect(server.drops).toEqual([])
})

test('an address has a limited number of connections, and a closed one makes room', async () => {
  const server = await start({ maxPerAddress: 2 }, (_request, response) => void response.end('ok'))
  const first = await server.open()
  await server.open()
  const third = await server.open()
  await once(third, 'close')
  expect(server.drops).toEqual(['too-many-connections'])
  first.destroy()
  const ask = async () => {
    const socket = await server.open()
    socket.write(get.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'))
    return text(socket).catch(() => '')
  }
  await expect.poll(ask).toMatch(/ok$/)
})

test('connections of a trusted proxy are not limited', async () => {
  const server = await start(
    { maxPerAddress: 1 },
    (_request, response) => void response.end('ok'),
    true,
  )
  await server.open()
  const second = await server.open()
  second.write(get)
  expect(String(await once(second, 'data'))).toContain('200 OK')
  expect(server.drops).toEqual([])
})
