import { sql, type Kysely } from 'kysely'
import { StartError } from '../runtime/start-error.ts'
import type { DatabaseChoice } from './choose-database.ts'
import { openDatabase } from './database/open-database.ts'
import type { Schema } from './database/schema.ts'
import { openSealed } from './encryption/open-secret-box.ts'
import { reseal, type Reseal } from './encryption/reseal.ts'
import { makeSeal, sealRecordName } from './encryption/seal-record.ts'
import { plainBox } from './encryption/secret-box.ts'
import { refuseInUse } from './heartbeat.ts'
import { readMeta } from './stores/meta-rows.ts'

export type Reencryption = {
  readonly database: DatabaseChoice
  /** Whether the secrets must be encrypted before, or must not. */
  readonly isEncrypted: boolean
  /** What they are encrypted with before. */
  readonly encryptionKey: string | undefined
  /** What to encrypt them with; undefined: nothing. Called when the database can be changed. */
  readonly newKey: () => string | undefined
  readonly now: () => number
}

/** Encrypts or decrypts all secrets of a database that no gateway uses. Returns how many keys it has. Rejects with StartError. */
export async function reencrypt(change: Reencryption): Promise<number> {
  const { database, now } = change
  const db = await openDatabase(database)
  try {
    await refuseInUse(db, now())
    const count = await reseal(db, await planReseal(db, change))
    if (database.kind === 'sqlite') await forgetPages(db)
    return count
  } finally {
    await db.destroy()
  }
}

async function planReseal(
  db: Kysely<Schema>,
  { isEncrypted, encryptionKey, newKey }: Reencryption,
): Promise<Reseal> {
  const record = await readMeta(db, sealRecordName)
  if (isEncrypted && record === undefined) throw new StartError('The database is not encrypted.')
  if (!isEncrypted && record !== undefined) {
    throw new StartError('The database is encrypted already.')
  }
  const from = record === undefined ? plainBox : await openSealed(record, encryptionKey)
  const key = newKey()
  if (key === undefined) return { from, to: plainBox, record: undefined }
  const seal = await makeSeal(key)
  return { from, to: seal.box, record: seal.record }
}

/** Overwritten secrets stay in free pages and in the write-ahead log until the file is rewritten. */
async function forgetPages(db: Kysely<Schema>): Promise<void> {
  await sql`vacuum`.execute(db)
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
}
