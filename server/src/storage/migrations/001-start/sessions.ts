import type { Kysely } from 'kysely'
import { columnsOf, createTable } from '../columns.ts'

export async function createSessions(db: Kysely<unknown>): Promise<void> {
  const { name, instant } = columnsOf(db)
  const sessions = await createTable(db, 'sessions')
  await sessions
    .addColumn('digest', name(64), (column) => column.primaryKey())
    .addColumn('token_mark', name(64), (column) => column.notNull())
    .addColumn('created_at', instant, (column) => column.notNull())
    .addColumn('expires_at', instant, (column) => column.notNull())
    .addColumn('address', name(64), (column) => column.notNull())
    .addColumn('user_agent', name(200), (column) => column.notNull())
    .execute()
}
