import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import {
  adminToken,
  clientToken,
  generate,
  healthyProjects,
  useGateway,
} from './support/gateway.ts'

const gateway = useGateway({
  fake: { projects: healthyProjects(1) },
  settings: { REQUEST_IDLE_TIMEOUT: '1', RESPONSE_IDLE_TIMEOUT: '1' },
})

async function open(text: string) {
  const { hostname, port } = new URL(gateway.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

test.each([
  ['a login', 'POST /api/session'],
  ['the login form', 'POST /auth'],
  ['an import', 'POST /api/keys/import'],
  ['a change of settings', 'PUT /api/config'],
  ['a compat request', 'POST /v1beta/batch-verify-stateless'],
])('a client that aborts %s costs one line of the log, without a stack', async (_name, target) => {
  const socket = await open(
    `${target} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${adminToken}\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n{"token":`,
  )
  // The gateway reads the body from here on.
  await once(socket, 'data')
  const before = gateway.logged.length
  socket.resetAndDestroy()
  await expect.poll(() => gateway.logged.slice(before)).toHaveLength(1)
  expect(gateway.logged.at(-1)).toContain('disconnected')
  expect(gateway.logged.at(-1)).not.toContain('stack')
})

const path = '/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse'
const post = (length: number) =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\nx-goog-api-key: ${clientToken}\r\ncontent-length: ${length}\r\n\r\n`

test('a request body that stops ends its connection, and others are served', async () => {
  const socket = await open(`${post(1000)}{"contents":`)
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /)
  expect(gateway.logged.join('')).toContain('REQUEST_IDLE_TIMEOUT')
  expect((await generate(gateway, 'hello')).status).toBe(200)
})

test('a client that takes nothing of a stream loses it, and others are served', async () => {
  const parts = [{ text: '[[fake:huge-inline-data-40]]' }]
  const body = JSON.stringify({ contents: [{ role: 'user', parts }] })
  const socket = await open(post(body.length) + body)
  socket.on('error', () => {})
  socket.pause()
  await expect
    .poll(() => gateway.logged.join(''), { timeout: 10_000 })
    .toContain('RESPONSE_IDLE_TIMEOUT')
  expect((await generate(gateway, 'hello')).status).toBe(200)
}, 20_000)
