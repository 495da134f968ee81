import { readSettings } from '@gemini-balance/contract'
import type { Kysely } from 'kysely'
import { StartError } from '../../runtime/start-error.ts'
import { chooseDatabase } from '../../storage/choose-database.ts'
import { isInUse } from '../../storage/heartbeat.ts'
import { openDatabase, openStorage, type Storage } from '../../storage/open-storage.ts'
import type { Schema } from '../../storage/database/schema.ts'
import type { CommandContext } from './command.ts'

/** What a command that changes the database may not meet. Rejects with StartError. */
export async function refuseInUse(db: Kysely<Schema>): Promise<void> {
  if (!(await isInUse(db, Date.now()))) return
  throw new StartError(
    'A gateway uses this database: stop it first. If it was killed, wait half a minute.',
  )
}

/** The storage that the settings of the environment mean, for as long as `work` takes. */
export async function withStorage<T>(
  { environment }: CommandContext,
  { mustStandStill }: { readonly mustStandStill: boolean },
  work: (storage: Storage) => Promise<T>,
): Promise<T> {
  const settings = readSettings(environment)
  const database = chooseDatabase(settings)
  if (mustStandStill) {
    const db = await openDatabase(database)
    try {
      await refuseInUse(db)
    } finally {
      await db.destroy()
    }
  }
  const encryptionKey = settings.encryptionKey === '' ? undefined : settings.encryptionKey
  const storage = await openStorage({ database, encryptionKey, now: Date.now })
  try {
    return await work(storage)
  } finally {
    await storage.close()
  }
}
