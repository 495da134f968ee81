import { hash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createTestDatabase,
  describeOnServers,
  type TestDatabase,
} from '../src/storage/testing/servers.ts'
import { startBreakableProxy, type BreakableProxy } from '../src/runtime/testing/breakable-proxy.ts'
import { callAdmin, login } from './support/admin.ts'
import { generate, healthyProjects, startGateway, type TestGateway } from './support/gateway.ts'

await describeOnServers((name, server) => {
  describe(`a gateway on ${name}`, () => {
    let database: TestDatabase
    let proxy: BreakableProxy
    let gateway: TestGateway
    beforeAll(async () => {
      database = await createTestDatabase(server)
    })
    afterAll(() => database.drop())
    beforeEach(async () => {
      proxy = await startBreakableProxy(database.address)
      const url = new URL(database.url)
      url.hostname = '127.0.0.1'
      url.port = String(proxy.port)
      gateway = await startGateway({
        fake: { projects: healthyProjects(5) },
        // The fake of each test is at an address of its own, and what the first start found is stored.
        settings: { DATABASE_URL: url.href, RESET_SETTINGS: 'BASE_URL' },
      })
    })
    afterEach(async () => {
      await gateway.close()
      await proxy.close()
    })

    /** Requests that the log knows of. */
    const written = async () => {
      const { rows } = await gateway.program.storage.requestLog.list({}, { limit: 1000 })
      // A connection that ends while it commits leaves open whether it did: the rows are then written again.
      return new Set(rows.map(({ requestId }) => requestId)).size
    }

    /** Makes 30 calls, three at a time; all must succeed. */
    async function serve(): Promise<void> {
      const one = async () => {
        for (let call = 0; call < 10; call += 1) {
          expect((await generate(gateway, 'hello')).status).toBe(200)
        }
      }
      await Promise.all([one(), one(), one()])
    }

    const expectWritten = (count: number) =>
      expect.poll(written, { timeout: 25_000, interval: 200 }).toBe(count)

    /** Serves before, while and after the server is away. */
    async function expectNoLossWhile(mode: 'refuse' | 'hang'): Promise<void> {
      const before = await written()
      await serve()
      await expectWritten(before + 30)
      proxy.become(mode)
      await serve()
      await expect.poll(gateway.program.storage.isReady, { timeout: 10_000 }).toBe(false)
      await serve()
      expect((await fetch(`${gateway.url}/ready`)).status).toBe(200)
      proxy.become('pass')
      await expectWritten(before + 90)
    }

    test('loses no request and no row when the server ends its connections under load', async () => {
      const before = await written()
      for (let turn = 1; turn <= 5; turn += 1) {
        const served = serve()
        await database.killConnections()
        await served
        await expectWritten(before + turn * 30)
      }
    })

    test('loses no request when the server is gone for a while, and writes the rows afterwards', () =>
      expectNoLossWhile('refuse'))

    test('loses no request when the server hangs, and writes the rows afterwards', () =>
      expectNoLossWhile('hang'))

    test('lets admins in and out though the server hangs, and writes it down afterwards', async () => {
      const before = await login(gateway.url)
      await expect.poll(() => gateway.program.storage.sessions.all()).toHaveLength(1)
      proxy.become('hang')
      const { cookie } = await login(gateway.url)
      const signal = AbortSignal.timeout(5000)
      const ask = (own: string) =>
        fetch(`${gateway.url}/api/session`, { headers: { cookie: own }, signal })
      expect(await (await ask(cookie)).json()).toMatchObject({ signedIn: true })
      const headers = { cookie: before.cookie }
      await fetch(`${gateway.url}/api/session`, { method: 'DELETE', headers, signal })
      expect(await (await ask(before.cookie)).json()).toEqual({ signedIn: false })
      proxy.become('pass')
      const digest = hash('sha256', cookie.split('=')[1] ?? '')
      await expect
        .poll(async () => (await gateway.program.storage.sessions.all()).map((one) => one.digest), {
          timeout: 25_000,
          interval: 200,
        })
        .toEqual([digest])
    })

    test('tells an admin that the database is away, and does what was asked once it is back', async () => {
      const put = async () => {
        const answer = await callAdmin(gateway, '/api/config', {
          method: 'PUT',
          body: { MAX_RETRIES: 2 },
        })
        return [answer.status, answer.text]
      }
      proxy.become('refuse')
      await expect
        .poll(put, { timeout: 20_000 })
        .toEqual([503, expect.stringContaining('database')])
      expect(gateway.program.settings.current().maxRetries).not.toBe(2)
      expect((await generate(gateway, 'hello')).status).toBe(200)
      proxy.become('pass')
      await expect.poll(async () => (await put())[0], { timeout: 20_000 }).toBe(200)
      expect(gateway.program.settings.current().maxRetries).toBe(2)
    }, 60_000)

    test('stops in time though the server hangs', async () => {
      await generate(gateway, 'hello')
      proxy.become('hang')
      await generate(gateway, 'hello')
      await gateway.program.close()
      await expect(fetch(gateway.url)).rejects.toThrow('fetch failed')
    })

    test('never logs how to enter the database', async () => {
      proxy.become('refuse')
      await generate(gateway, 'hello')
      await expect.poll(() => gateway.logged.join(''), { timeout: 10_000 }).toContain('request log')
      expect(gateway.logged.join('')).not.toContain('@127.0.0.1')
    })
  })
})
