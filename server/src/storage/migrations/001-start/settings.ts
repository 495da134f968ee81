import type { Kysely } from 'kysely'
import { columnsOf, createTable } from '../columns.ts'

export async function createSettings(db: Kysely<unknown>): Promise<void> {
  const { name, text, instant } = columnsOf(db)
  const settings = await createTable(db, 'settings')
  await settings
    .addColumn('name', name(100), (column) => column.primaryKey())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('origin', name(20), (column) => column.notNull())
    .addColumn('updated_at', instant, (column) => column.notNull())
    .execute()
}
