import type { Kysely } from 'kysely'
import { columnsOf, createTable } from '../columns.ts'

export async function createClientTokens(db: Kysely<unknown>): Promise<void> {
  const { id, name, text, flag, instant } = columnsOf(db)
  const tokens = await createTable(db, 'client_tokens')
  await tokens
    .addColumn('id', ...id)
    .addColumn('digest', name(64), (column) => column.notNull().unique())
    .addColumn('hint', name(4), (column) => column.notNull())
    .addColumn('name', name(200), (column) => column.notNull())
    .addColumn('source', name(20), (column) => column.notNull())
    .addColumn('enabled', flag, (column) => column.notNull())
    .addColumn('expires_at', instant)
    .addColumn('allowed_models', text)
    .addColumn('allowed_dialects', text)
    .addColumn('limits', text, (column) => column.notNull())
    .addColumn('created_at', instant, (column) => column.notNull())
    .execute()
}
