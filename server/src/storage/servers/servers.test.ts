import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bringUpToDate, createStorage, serverMeans } from '../open-storage.ts'
import { openForContract } from '../testing/open-for-contract.ts'
import { attempt, storageContract } from '../testing/repository-contract.ts'
import { createTestDatabase, describeOnServers, type TestDatabase } from '../testing/servers.ts'
import { serverLimits } from './open-server.ts'

await describeOnServers((name, server) => {
  describe(name, () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await createTestDatabase(server)
    })
    afterAll(() => database.drop())

    storageContract(name, () => openForContract(serverMeans(database.address, serverLimits)))

    test('connections that the server has ended are replaced, and nobody notices', async () => {
      const db = await bringUpToDate(serverMeans(database.address, serverLimits))
      const storage = createStorage(db, () => 1000)
      await Promise.all([1, 2, 3].map((at) => storage.attempts.list({ from: at })))
      await database.killConnections()
      await storage.attempts.insertMany([attempt()])
      expect((await storage.attempts.list({})).rows).toHaveLength(1)
      await storage.close()
    })
  })
})
