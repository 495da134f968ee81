import type { Kysely } from 'kysely'
import { columnsOf, createTable } from '../columns.ts'

export async function createKeys(db: Kysely<unknown>): Promise<void> {
  const { id, name, text, flag, integer, real, instant } = columnsOf(db)
  const keys = await createTable(db, 'keys')
  await keys
    // Ids are never reused: the request log and the engine's state name keys by them.
    .addColumn('id', ...id)
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('value_hash', name(64), (column) => column.notNull().unique())
    .addColumn('ending', name(4), (column) => column.notNull())
    .addColumn('project', name(200))
    .addColumn('project_source', name(20))
    .addColumn('paid', flag)
    .addColumn('priority', integer, (column) => column.notNull().defaultTo(0))
    .addColumn('weight', real, (column) => column.notNull().defaultTo(1))
    .addColumn('allowed_models', text)
    .addColumn('label', name(200))
    .addColumn('note', text)
    .addColumn('tags', text)
    .addColumn('disabled', flag, (column) => column.notNull().defaultTo(0))
    .addColumn('created_at', instant, (column) => column.notNull())
    .addColumn('first_used_at', instant)
    .addColumn('last_used_at', instant)
    .execute()
}
