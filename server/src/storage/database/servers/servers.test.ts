import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openMigrated } from '../open-database.ts'
import { serverConnector } from './open-server.ts'
import { openForContract, testStorage } from '../../testing/open-for-contract.ts'
import { attempt } from '../../testing/attempt-sample.ts'
import { storageContract } from '../../testing/store-contract.ts'
import { createTestDatabase, describeOnServers, type TestDatabase } from '../../testing/servers.ts'
import { serverLimits } from './open-server.ts'

await describeOnServers((name, server) => {
  describe(name, () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await createTestDatabase(server)
    })
    afterAll(() => database.drop())

    storageContract(name, () => openForContract(serverConnector(database.address, serverLimits)))

    test('two starts at once on an empty database create its tables once', async () => {
      const empty = await createTestDatabase(server)
      const connector = serverConnector(empty.address, serverLimits)
      const started = await Promise.all([openMigrated(connector), openMigrated(connector)])
      const lists = await Promise.all(started.map((db) => testStorage(db).requestLog.list({})))
      expect(lists.map(({ rows }) => rows)).toEqual([[], []])
      for (const db of started) await db.destroy()
      await empty.drop()
    })

    test('a start that was interrupted while creating tables is completed by the next', async () => {
      const connector = serverConnector(database.address, serverLimits)
      const db = await openMigrated(connector)
      await sql`delete from kysely_migration`.execute(db)
      await db.schema.dropTable('attempts').execute()
      await db.destroy()
      const again = await openMigrated(connector)
      await testStorage(again).requestLog.insertMany([attempt()])
      expect((await testStorage(again).requestLog.list({})).rows).toHaveLength(1)
      await again.deleteFrom('attempts').execute()
      await again.destroy()
    })

    test('connections that the server has ended are replaced without an error', async () => {
      const db = await openMigrated(serverConnector(database.address, serverLimits))
      const storage = testStorage(db)
      await Promise.all([1, 2, 3].map((at) => storage.requestLog.list({ from: at })))
      await database.killConnections()
      await storage.requestLog.insertMany([attempt()])
      expect((await storage.requestLog.list({})).rows).toHaveLength(1)
      await storage.close()
    })
  })
})
