import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'

export async function readMeta(db: Kysely<Schema>, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('meta')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.value
}

/** Inside a transaction. Delete and insert is the only replace that every database has. */
export async function writeMeta(step: Kysely<Schema>, name: string, value: string): Promise<void> {
  await step.deleteFrom('meta').where('name', '=', name).execute()
  await step.insertInto('meta').values({ name, value }).execute()
}
