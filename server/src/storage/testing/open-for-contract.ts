import { sql, type Kysely } from 'kysely'
import { createStorage } from '../create-storage.ts'
import type { Connector } from '../database/connector.ts'
import { openMigrated } from '../database/open-database.ts'
import type { Schema } from '../database/schema.ts'
import { plainBox, type SecretBox } from '../encryption/secret-box.ts'
import type { Storage } from '../storage.ts'
import type { StorageUnderTest } from './store-contract.ts'

/** A database whose clock stands at 1 000, and which can be emptied. */
export async function openForContract(
  connector: Connector,
  box: SecretBox = plainBox,
): Promise<StorageUnderTest> {
  const db = await openMigrated(connector)
  const tables = await db.introspection.getTables()
  const createAgain = () => testStorage(db, box)
  return {
    storage: createAgain(),
    async empty() {
      for (const { name } of tables) await sql`delete from ${sql.table(name)}`.execute(db)
      return createAgain()
    },
  }
}

/** A storage whose clock stands at 1 000. */
export function testStorage(db: Kysely<Schema>, box: SecretBox = plainBox): Storage {
  return createStorage({ db, reads: db, now: () => 1000, box })
}
