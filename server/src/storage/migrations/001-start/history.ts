import type { Kysely } from 'kysely'
import { columnsOf, createIndex, createTable } from '../columns.ts'

/**
 * The request log. Its indices begin with the part, and then the kind or key: rows are written next to each other, which makes writing cheap,
 * and a filter is a few look-ups in each part.
 */
export async function createHistory(db: Kysely<unknown>): Promise<void> {
  await createLabels(db)
  await createParts(db)
  await createAttempts(db)
  await createErrors(db)
}

async function createLabels(db: Kysely<unknown>): Promise<void> {
  const { id, name, flag, integer, instant } = columnsOf(db)
  const kinds = await createTable(db, 'kinds')
  await kinds
    .addColumn('id', ...id)
    .addColumn('digest', name(64), (column) => column.notNull().unique())
    .addColumn('model', name(200), (column) => column.notNull())
    .addColumn('lane', name(200), (column) => column.notNull())
    .addColumn('dialect', name(20), (column) => column.notNull())
    .addColumn('method', name(60), (column) => column.notNull())
    .addColumn('caller', name(64), (column) => column.notNull())
    .addColumn('status', integer, (column) => column.notNull())
    .addColumn('verdict', name(40), (column) => column.notNull())
    .addColumn('streamed', flag, (column) => column.notNull())
    .execute()
  const projects = await createTable(db, 'projects_seen')
  await projects
    .addColumn('id', ...id)
    .addColumn('name', name(200), (column) => column.notNull().unique())
    .execute()
  const projectKeys = await createTable(db, 'project_keys')
  await projectKeys
    .addColumn('project_id', instant, (column) => column.notNull())
    .addColumn('key_id', instant, (column) => column.notNull())
    .addPrimaryKeyConstraint('project_keys_pk', ['project_id', 'key_id'])
    .execute()
}

async function createParts(db: Kysely<unknown>): Promise<void> {
  const { integer, instant } = columnsOf(db)
  const counter = await createTable(db, 'attempt_counter')
  await counter
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('last_id', instant, (column) => column.notNull())
    .execute()
  const parts = await createTable(db, 'log_parts')
  await parts
    .addColumn('part', instant, (column) => column.primaryKey())
    .addColumn('first_at', instant, (column) => column.notNull())
    .addColumn('last_at', instant, (column) => column.notNull())
    .execute()
  const partKinds = await createTable(db, 'part_kinds')
  await partKinds
    .addColumn('part', instant, (column) => column.notNull())
    .addColumn('kind_id', instant, (column) => column.notNull())
    .addPrimaryKeyConstraint('part_kinds_pk', ['part', 'kind_id'])
    .execute()
}

async function createAttempts(db: Kysely<unknown>): Promise<void> {
  const { name, flag, integer, instant } = columnsOf(db)
  const attempts = await createTable(db, 'attempts')
  await attempts
    .addColumn('id', instantKey(db), (column) => column.primaryKey())
    .addColumn('part', instant, (column) => column.notNull())
    .addColumn('kind_id', instant, (column) => column.notNull())
    .addColumn('key_id', instant, (column) => column.notNull())
    .addColumn('at', instant, (column) => column.notNull())
    .addColumn('request_id', name(64), (column) => column.notNull())
    .addColumn('project_id', instant, (column) => column.notNull())
    .addColumn('number', integer, (column) => column.notNull())
    .addColumn('duration_ms', integer, (column) => column.notNull())
    .addColumn('first_byte_ms', integer)
    .addColumn('prompt_tokens', integer)
    .addColumn('output_tokens', integer)
    .addColumn('thought_tokens', integer)
    .addColumn('cached_tokens', integer)
    .addColumn('choice', flag, (column) => column.notNull())
    .addColumn('trial', flag, (column) => column.notNull())
    .addColumn('ready', integer, (column) => column.notNull())
    .addColumn('key_groups', integer, (column) => column.notNull())
    .addColumn('lane_status', flag)
    .execute()
  await createIndex(db, 'attempts_part_kind', ['attempts', 'part', 'kind_id', 'id'])
  await createIndex(db, 'attempts_part_key', ['attempts', 'part', 'key_id', 'id'])
  // Request ids grow with time, so this index grows at its end.
  await createIndex(db, 'attempts_request', ['attempts', 'request_id'])
}

async function createErrors(db: Kysely<unknown>): Promise<void> {
  const { name, text, instant } = columnsOf(db)
  const errors = await createTable(db, 'errors')
  await errors
    .addColumn('id', instantKey(db), (column) => column.primaryKey())
    .addColumn('part', instant, (column) => column.notNull())
    .addColumn('kind_id', instant, (column) => column.notNull())
    .addColumn('key_id', instant, (column) => column.notNull())
    .addColumn('at', instant, (column) => column.notNull())
    .addColumn('request_id', name(64), (column) => column.notNull())
    .addColumn('message', text, (column) => column.notNull())
    .execute()
  await createIndex(db, 'errors_part_kind', ['errors', 'part', 'kind_id', 'id'])
  await createIndex(db, 'errors_part_key', ['errors', 'part', 'key_id', 'id'])
  const bodies = await createTable(db, 'error_bodies')
  await bodies
    .addColumn('id', instantKey(db), (column) => column.primaryKey())
    .addColumn('body', text, (column) => column.notNull())
    .execute()
}

/** An id of our own. SQLite stores rows in the order of a column of exactly this kind. */
const instantKey = (db: Kysely<unknown>) => columnsOf(db).id[0]
