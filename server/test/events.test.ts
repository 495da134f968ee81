import { get, type IncomingMessage } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { login } from './support/admin.ts'
import {
  adminToken,
  generate,
  healthyProjects,
  keyNumber,
  startGateway,
  type TestGateway,
} from './support/gateway.ts'

let gateway: TestGateway
const open: Watcher[] = []
afterEach(async () => {
  for (const { response } of open.splice(0)) response.destroy()
  await gateway.close()
})

type Watcher = {
  readonly response: IncomingMessage
  /** All that was received so far. */
  text(): string
  readonly ended: Promise<void>
}

function watch(headers: Record<string, string>): Promise<Watcher> {
  return new Promise((resolve, reject) => {
    get(`${gateway.url}/api/events`, { headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      const ended = new Promise<void>((done) => response.on('close', done))
      const watcher = { response, text: () => text, ended }
      open.push(watcher)
      resolve(watcher)
    }).on('error', reject)
  })
}

const asAdmin = { authorization: `Bearer ${adminToken}` }
const post = (path: string, body: object, method = 'POST') =>
  fetch(gateway.url + path, { method, headers: asAdmin, body: JSON.stringify(body) })

test('an admin who watches sees settings, jobs, keys and the counts of each second, and no secret', async () => {
  const leaked = { id: 'leaked', keys: [{ value: keyNumber(9), state: 'leaked' as const }] }
  gateway = await startGateway({ fake: { projects: [...healthyProjects(1), leaked] } })
  const { response, text } = await watch(asAdmin)
  expect(response.headers['content-type']).toContain('text/event-stream')
  expect(response.headers['cache-control']).toBe('no-store')
  await expect.poll(text).toContain('event: hello')
  await post('/api/config', { ALLOWED_TOKENS: ['client-token-for-tests', 'a-new-one'] }, 'PUT')
  await expect.poll(text).toContain('event: settings\ndata: {"changed":["ALLOWED_TOKENS"]}')
  await post('/api/keys/import', { text: keyNumber(7) })
  await expect.poll(text).toMatch(/event: job\ndata: .*"state":"done"/)
  for (let index = 0; index < 4; index += 1) await generate(gateway, `x ${index}`)
  await expect.poll(text).toMatch(/event: engine\ndata: .*"key-died"/)
  await expect.poll(text, { timeout: 5000 }).toMatch(/event: counters\ndata: .*"answered":\d/)
  for (const secret of ['a-new-one', keyNumber(7), keyNumber(9), adminToken])
    expect(text()).not.toContain(secret)
})

test('a stream ends with its session', async () => {
  gateway = await startGateway({ fake: { projects: healthyProjects(1) } })
  const { cookie } = await login(gateway.url)
  const own = await watch({ cookie })
  const other = await watch(asAdmin)
  await fetch(`${gateway.url}/api/session`, { method: 'DELETE', headers: { cookie } })
  await own.ended
  expect(own.response.complete).toBe(true)
  expect(other.response.complete).toBe(false)
})

test('only a limited number may watch, and a closed stream frees its place', async () => {
  gateway = await startGateway({ fake: { projects: healthyProjects(1) } })
  const watchers = await Promise.all(Array.from({ length: 32 }, () => watch(asAdmin)))
  expect(watchers.map(({ response }) => response.statusCode)).toEqual(watchers.map(() => 200))
  expect((await watch(asAdmin)).response.statusCode).toBe(429)
  watchers[0]?.response.destroy()
  await expect.poll(async () => (await watch(asAdmin)).response.statusCode).toBe(200)
})

test('a stop ends the streams of those who watch, and does not wait for them', async () => {
  gateway = await startGateway({
    fake: { projects: healthyProjects(1) },
    settings: { SHUTDOWN_GRACE_SECONDS: '3600' },
  })
  const { response, ended } = await watch(asAdmin)
  await gateway.close()
  await ended
  expect(response.complete).toBe(true)
})
