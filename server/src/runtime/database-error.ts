/** A statement that the database refused, or a database that is gone. Names tables and columns, never values. */
export class DatabaseError extends Error {
  /** As the database calls it: `SQLITE_BUSY`, `ER_DUP_ENTRY`, `23505`. */
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.name = 'DatabaseError'
    this.code = code
  }
}
