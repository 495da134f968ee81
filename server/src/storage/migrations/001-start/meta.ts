import type { Kysely } from 'kysely'
import { columnsOf, createTable } from '../columns.ts'

export async function createMeta(db: Kysely<unknown>): Promise<void> {
  const { name, text } = columnsOf(db)
  const meta = await createTable(db, 'meta')
  await meta
    .addColumn('name', name(100), (column) => column.primaryKey())
    .addColumn('value', text, (column) => column.notNull())
    .execute()
}
