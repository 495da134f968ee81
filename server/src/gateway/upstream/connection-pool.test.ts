import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { Dispatcher } from 'undici'
import { ConnectionPool } from './connection-pool.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function start(answer: RequestListener) {
  let connections = 0
  const server = createServer({ keepAliveTimeout: 60_000 }, answer)
  server.on('connection', () => void (connections += 1))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const pool = new ConnectionPool(`http://127.0.0.1:${port}`, {})
  closers.push(
    () => void server.close(),
    () => server.closeAllConnections(),
    () => void pool.destroy(),
  )
  return { pool, server, connections: () => connections }
}

/** The text of the answer, or the error. */
function call(pool: ConnectionPool, options: Partial<Dispatcher.DispatchOptions> = {}) {
  return new Promise<string>((resolve) => {
    let text = ''
    pool.dispatch(
      { method: 'GET', path: '/', ...options },
      {
        onRequestStart: () => {},
        onResponseStart: () => {},
        onResponseData: (_controller, chunk) => void (text += chunk.toString()),
        // undici frees the connection in the next turn of the event loop.
        onResponseEnd: () => setImmediate(() => setImmediate(resolve, text)),
        onResponseError: (_controller, error) => resolve(error.name),
      },
    )
  })
}

const answerAtOnce: RequestListener = (_request, response) => void response.end('done')

test('calls one after another share a connection', async () => {
  const { pool, connections } = await start(answerAtOnce)
  for (let index = 0; index < 5; index += 1) expect(await call(pool)).toBe('done')
  expect(connections()).toBe(1)
})

test('calls at the same time have a connection each, and their connections serve the next ones', async () => {
  const waiting: (() => void)[] = []
  const { pool, connections } = await start((_request, response) => {
    waiting.push(() => void response.end('done'))
    if (waiting.length === 20) for (const answer of waiting.splice(0)) answer()
  })
  const calls = () => Promise.all(Array.from({ length: 20 }, () => call(pool)))
  expect(new Set(await calls())).toEqual(new Set(['done']))
  expect(new Set(await calls())).toEqual(new Set(['done']))
  expect(connections()).toBe(20)
})

test('a connection that the server closed is not used again', async () => {
  const { pool, server, connections } = await start(answerAtOnce)
  expect(await call(pool)).toBe('done')
  server.closeAllConnections()
  expect(await call(pool)).toBe('done')
  expect(connections()).toBe(2)
})

test('a call that cannot be sent keeps no connection from the next ones', async () => {
  const { pool, connections } = await start(answerAtOnce)
  expect(await call(pool)).toBe('done')
  for (let index = 0; index < 5; index += 1) {
    expect(await call(pool, { headers: ['x-broken', 'a\nb'] })).toBe('InvalidArgumentError')
  }
  expect(await call(pool)).toBe('done')
  expect(connections()).toBe(1)
})

test('a server that cannot be reached fails each call, and the pool works when it is back', async () => {
  const { pool, server } = await start(answerAtOnce)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await new Promise((resolve) => server.close(resolve))
  expect(await Promise.all([call(pool), call(pool)])).toEqual(['Error', 'Error'])
  await once(server.listen(port, '127.0.0.1'), 'listening')
  expect(await call(pool)).toBe('done')
})

test('a destroyed pool fails its calls, those under way and those that come', async () => {
  const { pool, server } = await start(() => {})
  const underWay = call(pool)
  await once(server, 'request')
  await pool.destroy()
  expect(await underWay).toBe('ClientDestroyedError')
  expect(await call(pool)).toBe('ClientDestroyedError')
})
