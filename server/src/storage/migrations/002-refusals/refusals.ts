import type { Kysely, Migration } from 'kysely'
import { columnsOf, createIndex, createTable } from '../columns.ts'

/** The gateway's own refusals. */
export const refusals: Migration = {
  async up(db: Kysely<unknown>) {
    const { id, name, text, instant, integer } = columnsOf(db)
    const table = await createTable(db, 'refusals')
    await table
      .addColumn('id', ...id)
      .addColumn('at', instant, (column) => column.notNull())
      .addColumn('request_id', name(64), (column) => column.notNull())
      .addColumn('surface', name(40), (column) => column.notNull())
      .addColumn('verb', name(20), (column) => column.notNull())
      .addColumn('path', text, (column) => column.notNull())
      .addColumn('code', name(60), (column) => column.notNull())
      .addColumn('status', integer, (column) => column.notNull())
      .addColumn('caller', name(64), (column) => column.notNull())
      .addColumn('address', name(64), (column) => column.notNull())
      .addColumn('message', text, (column) => column.notNull())
      .addColumn('left_out', integer, (column) => column.notNull())
      .execute()
    await createIndex(db, 'refusals_request', ['refusals', 'request_id'])
  },
}
