import type { Kysely } from 'kysely'
import { columnsOf, createIndex, createTable } from '../columns.ts'

export async function createAudit(db: Kysely<unknown>): Promise<void> {
  const { id, name, text, instant } = columnsOf(db)
  const audit = await createTable(db, 'audit')
  await audit
    .addColumn('id', ...id)
    .addColumn('at', instant, (column) => column.notNull())
    .addColumn('actor', name(100), (column) => column.notNull())
    .addColumn('action', name(60), (column) => column.notNull())
    .addColumn('subject', name(200), (column) => column.notNull())
    .addColumn('detail', text, (column) => column.notNull())
    .execute()
  await createIndex(db, 'audit_at', ['audit', 'at'])
}
