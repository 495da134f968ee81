import { CompiledQuery, type Kysely } from 'kysely'
import type { Schema } from './schema.ts'

export type Statement = { readonly sql: string; readonly parameters: readonly unknown[] }

/** Statements sent together: none needs the answer of another. */
export class StatementBatch implements CompiledQuery {
  readonly query = CompiledQuery.raw('').query
  readonly queryId = CompiledQuery.raw('').queryId
  readonly sql = ''
  readonly parameters = []
  readonly statements: readonly Statement[]

  constructor(statements: readonly Statement[]) {
    this.statements = statements
  }
}

/** Runs all of the statements or none; on SQLite in one message to its thread. */
export async function runBatch(
  db: Kysely<Schema>,
  statements: readonly Statement[],
): Promise<void> {
  if (statements.length > 0) await db.executeQuery(new StatementBatch(statements))
}
