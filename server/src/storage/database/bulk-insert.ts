import { CompiledQuery, MysqlAdapter, PostgresAdapter, type Kysely } from 'kysely'
import type { Schema } from './schema.ts'
import type { Statement } from './run-batch.ts'

/** What happens to a row whose primary key exists. */
export type OnDuplicate = 'fail' | 'keep' | 'replace' | 'add'

export type BulkTarget = {
  readonly table: keyof Schema
  readonly columns: readonly string[]
  readonly onDuplicate?: OnDuplicate
  /** The primary key, where rows may exist. */
  readonly key?: readonly string[]
  /** Columns that are replaced where `add` sums the others. */
  readonly latest?: readonly string[]
}

/**
 * One statement a size, prepared once: preparing costs more than running. Any number of rows is a handful of powers of two, and the largest
 * has fewer values than any database allows.
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
  const syntax = syntaxOf(db)
  const name = `${syntax.name} ${size}`
  const written = known.get(name) ?? write(syntax, target, size)
  known.set(name, written)
  return written
}

type Syntax = {
  readonly name: string
  quote(name: string): string
  placeholder(at: number): string
  /** The new value of a column, where the row exists. */
  incoming(column: string): string
  onDuplicate(key: string): string
  readonly keep: string
}

const standard: Syntax = {
  name: 'sqlite',
  quote: (name) => `"${name}"`,
  placeholder: () => '?',
  incoming: (column) => `excluded.${column}`,
  onDuplicate: (key) => `on conflict (${key}) do update set`,
  keep: 'on conflict do nothing',
}

const syntaxes = {
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
} satisfies Record<string, Syntax>

function syntaxOf(db: Kysely<Schema>): Syntax {
  const { adapter } = db.getExecutor()
  if (adapter instanceof MysqlAdapter) return syntaxes.mysql
  return adapter instanceof PostgresAdapter ? syntaxes.postgres : syntaxes.sqlite
}

function write(syntax: Syntax, target: BulkTarget, size: number): string {
  const { table, columns, onDuplicate = 'fail' } = target
  const names = columns.map(syntax.quote).join(', ')
  const rows = Array.from({ length: size }, (_, row) => {
    const placeholders = columns.map((_, column) =>
      syntax.placeholder(row * columns.length + column + 1),
    )
    return `(${placeholders.join(', ')})`
  })
  const verb = syntax.name === 'mysql' && onDuplicate === 'keep' ? 'insert ignore' : 'insert'
  return `${verb} into ${syntax.quote(table)} (${names}) values ${rows.join(', ')} ${conflictClause(syntax, target)}`
}

function conflictClause(syntax: Syntax, target: BulkTarget): string {
  const { table, columns, onDuplicate = 'fail', key = [], latest = [] } = target
  if (onDuplicate === 'fail') return ''
  if (onDuplicate === 'keep') return syntax.keep
  const changed = columns
    .filter((column) => !key.includes(column))
    .map((column) => {
      const name = syntax.quote(column)
      const incoming = syntax.incoming(name)
      const isAdded = onDuplicate === 'add' && !latest.includes(column)
      return `${name} = ${isAdded ? `${syntax.quote(table)}.${name} + ${incoming}` : incoming}`
    })
  return `${syntax.onDuplicate(key.map(syntax.quote).join(', '))} ${changed.join(', ')}`
}
