import { startFakeGemini, type FakeGemini } from '@gemini-balance/fake-gemini'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startBreakableProxy, type BreakableProxy } from '../src/runtime/testing/breakable-proxy.ts'
import {
  call,
  generateBody,
  healthyProjects,
  startGateway,
  type Called,
  type TestGateway,
} from './support/gateway.ts'

const model = 'gemini-3.8-flash'
const clients = 8

let google: FakeGemini
let network: BreakableProxy
let gateway: TestGateway

beforeEach(async () => {
  const projects = healthyProjects(6)
  google = await startFakeGemini({ projects })
  network = await startBreakableProxy(addressOf(google.url))
  gateway = await startGateway({
    fake: { projects },
    settings: {
      BASE_URL: `http://127.0.0.1:${network.port}/v1beta`,
      QUEUE_MAX_WAIT_MS: '1500',
    },
  })
})

afterEach(async () => {
  await gateway.close()
  await network.close()
  await google.close()
})

const addressOf = (url: string) => ({
  host: new URL(url).hostname,
  port: Number(new URL(url).port),
})

const post = (path: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
  call(gateway, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })

const chatBody = (stream: boolean) =>
  JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'hi' }] })

/** What clients call, one row a dialect and way. */
const calls: readonly (() => Promise<Called>)[] = [
  () => post(`/v1beta/models/${model}:generateContent`, generateBody),
  () => post(`/v1beta/models/${model}:streamGenerateContent?alt=sse`, generateBody),
  () => post('/v1/chat/completions', chatBody(false)),
  () => post('/v1/chat/completions', chatBody(true)),
]

type Seen = Called & { readonly at: number; readonly way: number }

/** Clients that call again as soon as they are answered. */
function startClients() {
  const seen: Seen[] = []
  const stopped = new AbortController()
  const one = async (way: number) => {
    while (!stopped.signal.aborted) {
      const answer = await calls[way]?.()
      if (answer !== undefined) seen.push({ ...answer, at: Date.now(), way })
    }
  }
  const running = Promise.all(
    Array.from({ length: clients }, (_, index) => one(index % calls.length)),
  )
  running.catch(() => {})
  return {
    seen,
    async stop() {
      stopped.abort()
      await running
    },
  }
}

/** The error in its dialect. */
const unavailable = (way: number) =>
  way < 2
    ? {
        error: {
          code: 503,
          status: 'UNAVAILABLE',
          details: expect.arrayContaining([
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1s' },
          ]),
        },
      }
    : { error: { type: 'server_error', code: 'service_unavailable' } }

/** Breaks the network under load, waits until each client was refused, and brings it back. */
async function playOutage(begin: () => Promise<void> | void, end: () => Promise<void> | void) {
  const load = startClients()
  await expect.poll(() => load.seen.length, { timeout: 20_000 }).toBeGreaterThan(clients)
  await begin()
  const refused = () => load.seen.filter(({ status }) => status !== 200)
  await expect
    .poll(() => new Set(refused().map(({ way }) => way)).size, { timeout: 40_000 })
    .toBe(calls.length)
  await expect.poll(() => refused().length, { timeout: 40_000 }).toBeGreaterThanOrEqual(2 * clients)
  const before = { at: Date.now(), count: network.accepted() }
  await expect.poll(() => refused().length, { timeout: 40_000 }).toBeGreaterThanOrEqual(4 * clients)
  const trials = network.accepted() - before.count
  const lastedMs = Date.now() - before.at
  await end()
  const backAt = Date.now()
  const firstAfter = () => load.seen.find(({ status, at }) => status === 200 && at >= backAt)
  await expect.poll(firstAfter, { timeout: 30_000, interval: 20 }).toBeDefined()
  await load.stop()
  return { refused: refused(), trials, lastedMs, firstMs: (firstAfter()?.at ?? Infinity) - backAt }
}

type Played = Awaited<ReturnType<typeof playOutage>>

function expectPromises({ refused, trials, lastedMs, firstMs }: Played): void {
  for (const { status, headers, text, way } of refused) {
    expect({ status, after: headers.get('retry-after') }).toEqual({ status: 503, after: '1' })
    expect(JSON.parse(text)).toMatchObject(unavailable(way))
  }
  // One a second for all clients together; a timer may be late, and never early.
  expect(trials).toBeLessThanOrEqual(lastedMs / 1000 + 1)
  // The promise is 3 s by the clock of a client; twice that for a busy machine.
  expect(firstMs).toBeLessThan(6000)
}

describe('after an outage in which Google', () => {
  test.each(['refuse', 'reset', 'hang'] as const)(
    'answers with a %s the first call succeeds within 3 s, and clients saw only 503 with retry-after',
    { timeout: 120_000 },
    async (mode) => {
      expectPromises(
        await playOutage(
          () => network.become(mode),
          () => network.become('pass'),
        ),
      )
    },
  )

  test(
    'cannot be connected to the first call succeeds within 3 s, and clients saw only 503 with retry-after',
    { timeout: 120_000 },
    async () => {
      const { port } = network
      const played = await playOutage(
        () => network.close(),
        async () => {
          network = await startBreakableProxy(addressOf(google.url), port)
        },
      )
      expectPromises(played)
    },
  )
})

test('a request that arrives during an outage is served when it ends in time', async () => {
  network.become('refuse')
  await expect
    .poll(async () => {
      await calls[0]?.()
      return (await gateway.program.engine.views.counts()).egressDownUntil
    })
    .toBeDefined()
  const waiting = Promise.all(calls.map((ask) => ask()))
  await expect
    .poll(async () => (await gateway.program.engine.views.counts()).waiting)
    .toBe(calls.length)
  network.become('pass')
  expect((await waiting).map(({ status }) => status)).toEqual(calls.map(() => 200))
})
