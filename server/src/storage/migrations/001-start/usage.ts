import { SqliteAdapter, sql, type CreateTableBuilder, type Kysely } from 'kysely'
import { columnsOf, createTable } from '../columns.ts'

/** Sums by minute, hour and day: what dashboards read instead of the log. */
export async function createUsage(db: Kysely<unknown>): Promise<void> {
  const { name, text, integer, real, instant } = columnsOf(db)
  const rollups = inOrderOfKey(db, await createTable(db, 'rollups'))
  await withCounts(db, rollups)
    .addColumn('kind_id', instant, (column) => column.notNull())
    .addColumn('writer', integer, (column) => column.notNull())
    .addColumn('requests', instant, (column) => column.notNull())
    .addColumn('durations', text, (column) => column.notNull())
    .addColumn('first_bytes', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('rollups_pk', ['span', 'at', 'kind_id', 'writer'])
    .execute()
  const keyRollups = inOrderOfKey(db, await createTable(db, 'key_rollups'))
  await withCounts(db, keyRollups)
    .addColumn('key_id', instant, (column) => column.notNull())
    .addColumn('kind_id', instant, (column) => column.notNull())
    .addColumn('last_at', instant, (column) => column.notNull())
    .addPrimaryKeyConstraint('key_rollups_pk', ['span', 'at', 'key_id', 'kind_id'])
    .execute()
  const prices = await createTable(db, 'prices')
  await prices
    .addColumn('model', name(200), (column) => column.notNull())
    .addColumn('since', instant, (column) => column.notNull())
    .addColumn('prompt', real, (column) => column.notNull())
    .addColumn('output', real, (column) => column.notNull())
    .addColumn('cached', real, (column) => column.notNull())
    .addColumn('source', name(300), (column) => column.notNull())
    .addPrimaryKeyConstraint('prices_pk', ['model', 'since'])
    .execute()
}

type Builder = CreateTableBuilder<string, string>

function withCounts(db: Kysely<unknown>, table: Builder): Builder {
  const { flag, instant } = columnsOf(db)
  return table
    .addColumn('span', flag, (column) => column.notNull())
    .addColumn('at', instant, (column) => column.notNull())
    .addColumn('attempts', instant, (column) => column.notNull())
    .addColumn('prompt_tokens', instant, (column) => column.notNull())
    .addColumn('output_tokens', instant, (column) => column.notNull())
    .addColumn('thought_tokens', instant, (column) => column.notNull())
    .addColumn('cached_tokens', instant, (column) => column.notNull())
}

/** Rows are stored in the order of the primary key: always in MySQL, on demand in SQLite, never in PostgreSQL. */
function inOrderOfKey(db: Kysely<unknown>, table: Builder): Builder {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter
  return isSqlite ? table.modifyEnd(sql`without rowid`) : table
}
