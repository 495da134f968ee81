import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** All of the work or nothing; part of the transaction that `db` is, where it is one. */
export function inTransaction<Result>(
  db: Kysely<Schema>,
  work: (step: Kysely<Schema>) => Promise<Result>,
): Promise<Result> {
  return db.isTransaction ? work(db) : db.transaction().execute(work)
}
