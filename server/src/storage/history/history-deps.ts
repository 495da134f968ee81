import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'

export type HistoryDeps = {
  readonly db: Kysely<Schema>
  /** For reports, which may take long; writes do not wait for them. */
  readonly reads: Kysely<Schema>
  readonly now: () => number
}
