import type { DatabaseChoice } from './choose-database.ts'
import { createStorage } from './create-storage.ts'
import { openDatabase, openReports } from './database/open-database.ts'
import { openSecretBox } from './encryption/open-secret-box.ts'
import { refuseInUse } from './heartbeat.ts'
import type { Storage } from './storage.ts'

export type StorageOptions = {
  readonly database: DatabaseChoice
  /** What secrets are encrypted with; without it they are stored as they are. */
  readonly encryptionKey?: string | undefined
  readonly now: () => number
  /** Whether to reject while a gateway uses the database. */
  readonly refusesInUse?: boolean
}

/** Opens the database and migrates its tables. Rejects with StartError, which says what to do. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { database, encryptionKey, now, refusesInUse = false } = options
  const db = await openDatabase(database)
  const reads = openReports(database) ?? db
  try {
    if (refusesInUse) await refuseInUse(db, now())
    return createStorage({ db, reads, now, box: await openSecretBox(db, encryptionKey) })
  } catch (error) {
    if (reads !== db) await reads.destroy()
    await db.destroy()
    throw error
  }
}
