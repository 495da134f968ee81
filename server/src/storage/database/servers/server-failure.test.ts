import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../../log/secret.ts'
import {
  startBreakableProxy,
  type BreakableProxy,
} from '../../../runtime/testing/breakable-proxy.ts'
import { StartError } from '../../../runtime/start-error.ts'
import { openMigrated } from '../open-database.ts'
import { serverConnector } from './open-server.ts'
import { testStorage } from '../../testing/open-for-contract.ts'
import { attempt } from '../../testing/attempt-sample.ts'
import { createTestDatabase, describeOnServers, type TestDatabase } from '../../testing/servers.ts'
import { serverLimits } from './open-server.ts'
import type { ServerAddress } from './server-address.ts'

const impatient = { connectMs: 300, statementMs: 300 }

async function failureOf(address: ServerAddress): Promise<string> {
  const error: unknown = await openMigrated(serverConnector(address, impatient)).catch(
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(StartError)
  const sentence = String(error)
  expect(sentence).not.toContain('canary')
  expect(sentence.split('\n')).toHaveLength(1)
  return sentence
}

await describeOnServers((name, server) => {
  describe(`${name} that cannot be used is reported in one sentence`, () => {
    const address = { ...server.address, password: new Secret('canary-password') }

    test('because nothing listens there', async () => {
      const proxy = await startBreakableProxy(address)
      await proxy.close()
      const there = { ...address, port: proxy.port }
      expect(await failureOf(there)).toContain(
        `${there.host}:${proxy.port} cannot be used: nothing`,
      )
      expect(await failureOf({ ...there, isFromUrl: false })).toContain('MYSQL_HOST and MYSQL_PORT')
      expect(await failureOf(there)).toContain('DATABASE_URL')
    })

    test('because it hangs', async () => {
      const proxy = await startBreakableProxy(address)
      proxy.become('hang')
      expect(await failureOf({ ...address, host: '127.0.0.1', port: proxy.port })).toContain(
        'does not answer in time',
      )
      await proxy.close()
    })

    test('because there is no such host', async () => {
      expect(await failureOf({ ...address, host: 'no-such-host.invalid' })).toContain(
        'there is no host no-such-host.invalid',
      )
    })

    test('because there is no such socket', async () => {
      expect(await failureOf({ ...address, socket: '/nowhere/at-all' })).toContain(
        'there is no such socket',
      )
    })

    test('because the login fails', async () => {
      expect(await failureOf({ ...address, user: 'nobody_at_all' })).toContain(
        'login of the user nobody_at_all failed',
      )
    })

    test('because there is no such database', async () => {
      const there = { ...server.address, database: 'no_such_database' }
      expect(await failureOf(there)).toContain('it has no database no_such_database')
    })

    test('because it does not support TLS', async ({ skip }) => {
      const connection = await serverConnector(server.address, serverLimits).connect()
      const question = server.kind === 'mysql' ? `show variables like 'have_ssl'` : 'show ssl'
      const { rows } = await connection.run(question, [])
      await connection.close()
      if (/YES|"on"/.test(JSON.stringify(rows))) skip('it does')
      expect(await failureOf({ ...server.address, tls: { mode: 'full' } })).toContain(
        'does not support TLS',
      )
    })
  })

  describe(`on ${name}`, () => {
    let database: TestDatabase
    let proxy: BreakableProxy
    beforeAll(async () => {
      database = await createTestDatabase(server)
      proxy = await startBreakableProxy(database.address)
    })
    afterEach(() => proxy.become('pass'))
    afterAll(async () => {
      await proxy.close()
      await database.drop()
    })

    const openThroughProxy = async () => {
      const there = { ...database.address, host: '127.0.0.1', port: proxy.port }
      return testStorage(await openMigrated(serverConnector(there, impatient)))
    }

    test('a statement that gets no answer fails in time, and the next finds a server that is back', async () => {
      const storage = await openThroughProxy()
      proxy.become('hang')
      await expect(storage.requestLog.insertMany([attempt()])).rejects.toThrow('did not answer')
      proxy.become('pass')
      await storage.requestLog.insertMany([attempt()])
      await storage.close()
    })

    test('a server that hangs does not keep the storage from closing', async () => {
      const storage = await openThroughProxy()
      proxy.become('hang')
      const asked = expect(storage.meta.get('a')).rejects.toThrow()
      await storage.close()
      await asked
      proxy.become('pass')
      await expect.poll(() => proxy.connections()).toBe(0)
    })

    test('an error names tables and columns, and never a value', async () => {
      const storage = await openThroughProxy()
      const secret = 'canary-value'
      const error: unknown = await storage.requestLog
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a mistake of ours, as it could reach the database.
        .insertMany([attempt({ at: secret as unknown as number })])
        .catch((error: unknown) => error)
      expect(error).toBeInstanceOf(Error)
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('canary')
      await storage.close()
    })

    test('a duplicate row is refused without naming its values', async () => {
      const connector = serverConnector(database.address, serverLimits)
      const db = await openMigrated(connector)
      const row = { name: 'canary-name', value: 'canary-value' }
      await db.insertInto('meta').values(row).execute()
      const error: unknown = await db
        .insertInto('meta')
        .values(row)
        .execute()
        .catch((error: unknown) => error)
      expect(error).toMatchObject({ name: 'DatabaseError' })
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('canary')
      await db.destroy()
    })
  })
})
