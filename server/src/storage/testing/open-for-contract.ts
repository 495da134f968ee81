import { sql, type Kysely } from 'kysely'
import { plainBox, type SecretBox } from '../encryption/secret-box.ts'
import { bringUpToDate, createStorage, type Connector, type Storage } from '../open-storage.ts'
import type { Schema } from '../database/schema.ts'
import type { StorageUnderTest } from './store-contract.ts'

/** A database whose time stands at 1 000, and which can be emptied. */
export async function openForContract(
  means: Connector,
  box: SecretBox = plainBox,
): Promise<StorageUnderTest> {
  const db = await bringUpToDate(means)
  const tables = await db.introspection.getTables()
  const createAnew = () => testStorage(db, box)
  return {
    storage: createAnew(),
    async empty() {
      for (const { name } of tables) await sql`delete from ${sql.table(name)}`.execute(db)
      return createAnew()
    },
  }
}

/** A storage whose time stands at 1 000. */
export function testStorage(db: Kysely<Schema>, box: SecretBox = plainBox): Storage {
  return createStorage({ db, reads: db, now: () => 1000, box })
}
