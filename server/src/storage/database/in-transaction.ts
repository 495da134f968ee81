import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** All of the work or nothing. Where `db` is a transaction, the work is part of it. */
export function inTransaction<Result>(
  db: Kysely<Schema>,
  work: (step: Kysely<Schema>) => Promise<Result>,
): Promise<Result> {
  return db.isTransaction ? work(db) : db.transaction().execute(work)
}
