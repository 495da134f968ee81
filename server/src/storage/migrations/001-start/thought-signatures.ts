import type { Kysely } from 'kysely'
import { columnsOf, createIndex, createTable } from '../columns.ts'

export async function createThoughtSignatures(db: Kysely<unknown>): Promise<void> {
  const { name, text, instant } = columnsOf(db)
  const signatures = await createTable(db, 'thought_signatures')
  await signatures
    .addColumn('name', name(200), (column) => column.primaryKey())
    .addColumn('signature', text, (column) => column.notNull())
    .addColumn('at', instant, (column) => column.notNull())
    .execute()
  await createIndex(db, 'thought_signatures_at', ['thought_signatures', 'at'])
}
