import { CompiledQuery, MysqlAdapter, PostgresAdapter, type Kysely } from 'kysely'
import type { Schema } from './schema.ts'
import type { Statement } from './run-batch.ts'

/** What happens to a row whose primary key is there already. */
export type OnDuplicate = 'refuse' | 'keep' | 'replace' | 'add'

export type BulkTarget = {
  readonly table: keyof Schema
  readonly columns: readonly string[]
  readonly onDuplicate?: OnDuplicate
  /** The primary key, where rows may be there already. */
  readonly key?: readonly string[]
  /** Columns that are replaced where others are added up. */
  readonly latest?: readonly string[]
}

/**
 * A statement per size is prepared once: to prepare one for each batch costs more than to run it. Any number of rows is a handful of powers of
 * two, and the largest has fewer values than any database allows.
 */
const sizes = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1]

/** Writes rows: their values one row after the other, in the order of the columns. */
export async function bulkInsert(
  db: Kysely<Schema>,
  target: BulkTarget,
  values: readonly unknown[],
): Promise<void> {
  for (const { sql, parameters } of bulkStatements(db, target, values)) {
    await db.executeQuery(CompiledQuery.raw(sql, [...parameters]))
  }
}

export function bulkStatements(
  db: Kysely<Schema>,
  target: BulkTarget,
  values: readonly unknown[],
): Statement[] {
  const width = target.columns.length
  const found: Statement[] = []
  for (let at = 0; at < values.length;) {
    const rowsLeft = (values.length - at) / width
    const size = sizes.find((one) => one <= rowsLeft) ?? 1
    const parameters = values.slice(at, at + size * width)
    found.push({ sql: statement(db, target, size), parameters })
    at += size * width
  }
  return found
}

const statements = new WeakMap<BulkTarget, Map<string, string>>()

function statement(db: Kysely<Schema>, target: BulkTarget, size: number): string {
  const known = statements.get(target) ?? new Map<string, string>()
  statements.set(target, known)
  const way = wayOf(db)
  const name = `${way.name} ${size}`
  const written = known.get(name) ?? write(way, target, size)
  known.set(name, written)
  return written
}

type Way = {
  readonly name: string
  quote(name: string): string
  placeholder(at: number): string
  /** The new value of a column, where the row is there already. */
  incoming(column: string): string
  onDuplicate(key: string): string
  readonly keep: string
}

const standard: Way = {
  name: 'sqlite',
  quote: (name) => `"${name}"`,
  placeholder: () => '?',
  incoming: (column) => `excluded.${column}`,
  onDuplicate: (key) => `on conflict (${key}) do update set`,
  keep: 'on conflict do nothing',
}

const ways = {
  sqlite: standard,
  postgres: { ...standard, name: 'postgres', placeholder: (at) => `$${at}` },
  mysql: {
    name: 'mysql',
    quote: (name) => `\`${name}\``,
    placeholder: () => '?',
    incoming: (column) => `values(${column})`,
    onDuplicate: () => 'on duplicate key update',
    keep: '',
  },
} satisfies Record<string, Way>

function wayOf(db: Kysely<Schema>): Way {
  const { adapter } = db.getExecutor()
  if (adapter instanceof MysqlAdapter) return ways.mysql
  return adapter instanceof PostgresAdapter ? ways.postgres : ways.sqlite
}

function write(way: Way, target: BulkTarget, size: number): string {
  const { table, columns, onDuplicate = 'refuse' } = target
  const names = columns.map(way.quote).join(', ')
  const rows = Array.from({ length: size }, (_, row) => {
    const places = columns.map((_, column) => way.placeholder(row * columns.length + column + 1))
    return `(${places.join(', ')})`
  })
  const verb = way.name === 'mysql' && onDuplicate === 'keep' ? 'insert ignore' : 'insert'
  return `${verb} into ${way.quote(table)} (${names}) values ${rows.join(', ')} ${ending(way, target)}`
}

function ending(way: Way, target: BulkTarget): string {
  const { table, columns, onDuplicate = 'refuse', key = [], latest = [] } = target
  if (onDuplicate === 'refuse') return ''
  if (onDuplicate === 'keep') return way.keep
  const changed = columns
    .filter((column) => !key.includes(column))
    .map((column) => {
      const name = way.quote(column)
      const incoming = way.incoming(name)
      const isAdded = onDuplicate === 'add' && !latest.includes(column)
      return `${name} = ${isAdded ? `${way.quote(table)}.${name} + ${incoming}` : incoming}`
    })
  return `${way.onDuplicate(key.map(way.quote).join(', '))} ${changed.join(', ')}`
}
