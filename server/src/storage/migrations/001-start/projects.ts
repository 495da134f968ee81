import type { Kysely } from 'kysely'
import { columnsOf, createTable } from '../columns.ts'

export async function createProjects(db: Kysely<unknown>): Promise<void> {
  const { name, flag, instant } = columnsOf(db)
  const projects = await createTable(db, 'projects')
  await projects
    .addColumn('id', name(200), (column) => column.primaryKey())
    .addColumn('label', name(200))
    .addColumn('paid', flag)
    .addColumn('updated_at', instant, (column) => column.notNull())
    .execute()
}

export async function createProjectLimits(db: Kysely<unknown>): Promise<void> {
  const { name, integer } = columnsOf(db)
  const limits = await createTable(db, 'project_limits')
  await limits
    .addColumn('project', name(200), (column) => column.notNull())
    .addColumn('lane', name(200), (column) => column.notNull())
    .addColumn('minute_requests', integer)
    .addColumn('minute_tokens', integer)
    .addColumn('day_requests', integer)
    .addPrimaryKeyConstraint('project_limits_primary', ['project', 'lane'])
    .execute()
}
