import { DatabaseError } from '../../../runtime/database-error.ts'

/**
 * A driver's error without values: drivers attach the statement with its values, and servers quote values in their messages. Quoted text is
 * kept only where it is a name.
 */
export function serverError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error
  // A host with several addresses fails with a list of errors and no message.
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error
  const message = one instanceof Error ? one.message : 'The connection to the database is lost.'
  const code = textOf(one, 'code')
  return new DatabaseError(quotesValues(code) ? withoutQuoted(message) : message, code)
}

/** Whether the error ended the connection, as both drivers mark it. */
export function isFatal(error: unknown): boolean {
  const severity = textOf(error, 'severity')
  return textOf(error, 'fatal') === 'true' || severity === 'FATAL' || severity === 'PANIC'
}

function textOf(error: unknown, member: string): string {
  if (typeof error !== 'object' || error === null) return ''
  const value: unknown = Object.getOwnPropertyDescriptor(error, member)?.value
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : ''
}

/** Errors of MySQL that quote names only. */
const mysqlNaming = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_BAD_NULL_ERROR',
  'ER_DATA_TOO_LONG',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_NO_DEFAULT_FOR_FIELD',
  'ER_NO_SUCH_TABLE',
  'ER_TABLE_EXISTS_ERROR',
])

/** PostgreSQL quotes values in errors of its data class, MySQL in nearly all. */
function quotesValues(code: string): boolean {
  return code.startsWith('22') || (code.startsWith('ER_') && !mysqlNaming.has(code))
}

function withoutQuoted(message: string): string {
  return message.replace(/(["']).*\1/s, '…')
}
