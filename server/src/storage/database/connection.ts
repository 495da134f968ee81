import { DatabaseError } from '../../runtime/database-error.ts'

/** Values that every database can bind. */
export type SqlValue = string | number | bigint | null | Uint8Array

export type SqlResult = {
  readonly rows: unknown[]
  readonly changes: number
  /** 0 where the database does not return it. */
  readonly insertId: number | bigint
}

export type BoundStatement = { readonly sql: string; readonly parameters: readonly SqlValue[] }

/** An open connection to a server, or a thread with a database file. */
export type Connection = {
  /** One statement after the other. Rejects with DatabaseError; after `limitMs` too, and then the connection is lost. */
  run(sql: string, parameters: readonly SqlValue[], limitMs?: number): Promise<SqlResult>
  /** All or nothing, in one message. Databases without it use a transaction. */
  runBatch?(statements: readonly BoundStatement[]): Promise<void>
  readonly isOpen: boolean
  /** Says goodbye first. */
  close(): Promise<void>
  /** Ends it at once. */
  destroy(): void
}

export function bindable(value: unknown): SqlValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return Number(value)
  // PostgreSQL stores no NUL; all databases must accept the same rows.
  if (typeof value === 'string') return value.replaceAll('\0', '\uFFFD')
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (value instanceof Uint8Array) return value
  throw new DatabaseError(`A ${typeof value} cannot be stored.`, 'BAD_VALUE')
}
