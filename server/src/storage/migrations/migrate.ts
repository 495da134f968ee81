import { Migrator, type Kysely, type Migration } from 'kysely'
import { StartError } from '../../runtime/start-error.ts'
import { start } from './001-start/start.ts'
import { refusals } from './002-refusals/refusals.ts'

/** In the order of their names. A released migration never changes. */
const migrations: Readonly<Record<string, Migration>> = {
  '001-start': start,
  '002-refusals': refusals,
}

/** Brings the tables to the shape of this version. Rejects with StartError. */
export async function migrate<Tables>(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
  })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return
  const message = error instanceof Error ? error.message : 'an unknown error'
  if (message.includes('previously executed migration')) {
    throw new StartError(
      'The database was written by a newer version of Gemini Balance. Start that version, or choose another database.',
      error,
    )
  }
  throw new StartError(`The tables of the database cannot be created: ${message}.`, error)
}
