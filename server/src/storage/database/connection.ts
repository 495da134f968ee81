import { DatabaseError } from './database-error.ts'

/** What every database can bind. */
export type SqlValue = string | number | bigint | null | Uint8Array

export type SqlResult = {
  readonly rows: unknown[]
  readonly changes: number
  /** 0 where the database does not say it. */
  readonly insertId: number | bigint
}

export type BoundStatement = { readonly sql: string; readonly parameters: readonly SqlValue[] }

/** One open connection to a database: a server's, or a thread that has a file open. */
export type Connection = {
  /** One statement after the other. Rejects with DatabaseError; after `limitMs` as well, and then the link is no longer open. */
  run(sql: string, parameters: readonly SqlValue[], limitMs?: number): Promise<SqlResult>
  /** All of them or none, in one message; where a database has no such thing, it is done in a transaction. */
  runBatch?(statements: readonly BoundStatement[]): Promise<void>
  readonly isOpen: boolean
  /** Ends it in good order. */
  close(): Promise<void>
  /** Ends it now, whatever the other side says. */
  destroy(): void
}

export function bindable(value: unknown): SqlValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return Number(value)
  // PostgreSQL stores no NUL, and a row that one database refuses is a row that none should take.
  if (typeof value === 'string') return value.replaceAll('\0', '\uFFFD')
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (value instanceof Uint8Array) return value
  throw new DatabaseError(`A ${typeof value} cannot be stored.`, 'BAD_VALUE')
}
