import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** The few values the program itself must remember, such as a token it made up at its first start. */
export type MetaRepository = {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  /** What is stored under the name, or else what `make` gives, stored from now on. */
  getOrMake(name: string, make: () => string): Promise<string>
}

export function createMetaRepository(db: Kysely<Schema>): MetaRepository {
  return {
    get: (name) => read(db, name),
    set: (name, value) => db.transaction().execute((step) => write(step, name, value)),
    async getOrMake(name, make) {
      const known = await read(db, name)
      if (known !== undefined) return known
      const made = make()
      try {
        await db.insertInto('meta').values({ name, value: made }).execute()
        return made
      } catch (error) {
        // Somebody else was quicker.
        const theirs = await read(db, name)
        if (theirs === undefined) throw error
        return theirs
      }
    },
  }
}

async function read(db: Kysely<Schema>, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('meta')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.value
}

/** Inside a transaction. Taken out and put in: the one way to replace a row that every database has. */
async function write(step: Kysely<Schema>, name: string, value: string): Promise<void> {
  await step.deleteFrom('meta').where('name', '=', name).execute()
  await step.insertInto('meta').values({ name, value }).execute()
}
