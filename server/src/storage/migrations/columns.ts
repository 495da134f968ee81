import {
  MysqlAdapter,
  PostgresAdapter,
  sql,
  type ColumnBuilderCallback,
  type CreateTableBuilder,
  type Expression,
  type Kysely,
} from 'kysely'

type Kind = Expression<unknown> | 'bigint' | 'smallint' | 'integer' | 'double precision'

/**
 * Kinds of columns that mean the same on every database: names differ by case, accents and trailing blanks and sort by their bytes,
 * texts are as long as they like.
 */
export type Columns = {
  /** Given by the database and never twice. Spread into `addColumn`. */
  readonly id: readonly [Kind, ColumnBuilderCallback]
  /** A short text that may be in an index, of at most so many characters. */
  name(length: number): Kind
  /** Of any length; never in an index. */
  readonly text: Kind
  /** Milliseconds since the epoch, or another whole number beyond two thousand millions. */
  readonly instant: Kind
  /** 0 or 1. */
  readonly flag: Kind
  /** Up to two thousand millions. */
  readonly integer: Kind
  readonly real: Kind
}

const numbers = {
  instant: 'bigint',
  flag: 'smallint',
  integer: 'integer',
  real: 'double precision',
} as const

const sqlite: Columns = {
  ...numbers,
  id: ['integer', (column) => column.primaryKey().autoIncrement()],
  name: (length) => sql`varchar(${sql.lit(length)})`,
  text: sql`text`,
}

// The table says how its texts compare: see createTable.
const mysql: Columns = {
  ...sqlite,
  id: ['bigint', (column) => column.primaryKey().autoIncrement()],
  text: sql`longtext`,
}

const postgres: Columns = {
  ...numbers,
  id: ['bigint', (column) => column.primaryKey().generatedByDefaultAsIdentity()],
  name: (length) => sql`varchar(${sql.lit(length)}) collate "C"`,
  text: sql`text`,
}

export function columnsOf(db: Kysely<unknown>): Columns {
  const { adapter } = db.getExecutor()
  if (adapter instanceof MysqlAdapter) return mysql
  return adapter instanceof PostgresAdapter ? postgres : sqlite
}

/** A table that is not there yet; where a migration broke off it may be. */
export async function createTable<Name extends string>(
  db: Kysely<unknown>,
  name: Name,
): Promise<CreateTableBuilder<Name>> {
  const table = db.schema.createTable(name).ifNotExists()
  if (!isMysql(db)) return table
  return table.modifyEnd(
    sql`engine = InnoDB character set utf8mb4 collate ${sql.raw(await exactCollation(db))}`,
  )
}

/** `on` begins with the name of the table; the columns follow. */
export async function createIndex(
  db: Kysely<unknown>,
  name: string,
  on: readonly [string, ...string[]],
): Promise<void> {
  const [table, ...columns] = on
  const index = db.schema.createIndex(name).on(table).columns(columns)
  if (!isMysql(db)) return index.ifNotExists().execute()
  // MySQL knows no `if not exists` here.
  const known = await sql`select 1 from information_schema.statistics
    where table_schema = database() and table_name = ${table} and index_name = ${name}`.execute(db)
  if (known.rows.length === 0) await index.execute()
}

function isMysql(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof MysqlAdapter
}

/** MySQL 8 and MariaDB have an exact collation each; MySQL 5.7 has one that passes over trailing blanks. */
const exactCollations = ['utf8mb4_0900_bin', 'utf8mb4_nopad_bin', 'utf8mb4_bin']

async function exactCollation(db: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ name: string }>`select collation_name as name
    from information_schema.collations where collation_name in (${sql.join(exactCollations)})`.execute(
    db,
  )
  const known = new Set(rows.map(({ name }) => name))
  return exactCollations.find((name) => known.has(name)) ?? 'utf8mb4_bin'
}
