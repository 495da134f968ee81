import type { Kysely } from 'kysely'
import { columnsOf, createTable } from '../columns.ts'

export async function createEngineState(db: Kysely<unknown>): Promise<void> {
  const { name, text, instant } = columnsOf(db)
  const engineState = await createTable(db, 'engine_state')
  await engineState
    .addColumn('id', name(400), (column) => column.primaryKey())
    .addColumn('json', text, (column) => column.notNull())
    .addColumn('updated_at', instant, (column) => column.notNull())
    .execute()
}
