import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import { DatabaseError } from './database-error.ts'
import { bindable, type Connection } from './connection.ts'
import type { Pool } from './pool.ts'
import { StatementBatch, type Statement } from './run-batch.ts'
import { createSemaphore } from './semaphore.ts'

/** How a kind of database is spoken to. */
export type SqlParts = Pick<
  Dialect,
  'createQueryCompiler' | 'createAdapter' | 'createIntrospector'
> & { readonly begin: string; readonly transactionWaitMs: number }

/** Kysely over a pool of links. */
export function pooledDialect(
  pool: Pool,
  { begin, transactionWaitMs, ...parts }: SqlParts,
): Dialect {
  return { ...parts, createDriver: () => createDriver(pool, { begin, transactionWaitMs }) }
}

function createDriver(
  pool: Pool,
  { begin, transactionWaitMs }: Pick<SqlParts, 'begin' | 'transactionWaitMs'>,
): Driver {
  const held = new WeakMap<DatabaseConnection, HeldLink>()
  // One transaction at a time, as SQLite has it: what is read in one still holds when it is written, on every database alike.
  const transactions = createSemaphore(1)
  return {
    async init() {},
    async acquireConnection() {
      const mine = holdLink(pool, await pool.acquire())
      const connection = databaseConnection(mine, begin)
      held.set(connection, mine)
      return connection
    },
    async beginTransaction(connection) {
      await transactions.take(transactionWaitMs)
      try {
        await connection.executeQuery(CompiledQuery.raw(begin))
      } catch (error) {
        transactions.give()
        throw error
      }
    },
    async commitTransaction(connection) {
      await connection.executeQuery(CompiledQuery.raw('commit'))
      transactions.give()
    },
    async rollbackTransaction(connection) {
      try {
        await connection.executeQuery(CompiledQuery.raw('rollback'))
      } catch {
        // What led to it is what the caller hears. A lost link has rolled back; another must not be used again.
        held.get(connection)?.link().destroy()
      } finally {
        transactions.give()
      }
    },
    async releaseConnection(connection) {
      const mine = held.get(connection)
      if (mine !== undefined) pool.release(mine.link())
    },
    destroy: () => pool.close(),
  }
}

type HeldLink = { link(): Connection; run(query: CompiledQuery): ReturnType<Connection['run']> }

/** A link may have been lost while it rested, unnoticed until its first statement: that one is said again where it changes nothing. */
function holdLink(pool: Pool, first: Connection): HeldLink {
  let link = first
  let isUsed = false
  return {
    link: () => link,
    async run({ sql, parameters, query }) {
      const mayRepeat = !isUsed && (sql.startsWith('begin') || query.kind === 'SelectQueryNode')
      isUsed = true
      const values = parameters.map(bindable)
      try {
        return await link.run(sql, values)
      } catch (error) {
        if (!mayRepeat || link.isOpen || isTooLate(error)) throw error
        link = await pool.replace(link)
        return link.run(sql, values)
      }
    },
  }
}

const isTooLate = (error: unknown) => error instanceof DatabaseError && error.code === 'TIMEOUT'

function databaseConnection(held: HeldLink, begin: string): DatabaseConnection {
  return {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      if (query instanceof StatementBatch) {
        await runAll(held, query.statements, begin)
        return { rows: [] }
      }
      const { rows, changes, insertId } = await held.run(query)
      return {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kysely infers rows from the query; a database cannot say.
        rows: rows as Row[],
        numAffectedRows: BigInt(changes),
        insertId: BigInt(insertId),
      }
    },
    streamQuery() {
      throw new Error('Rows are not streamed; read them in pages.')
    },
  }
}

async function runAll(
  held: HeldLink,
  statements: readonly Statement[],
  begin: string,
): Promise<void> {
  const bound = statements.map(({ sql, parameters }) => ({
    sql,
    parameters: parameters.map(bindable),
  }))
  const thread = held.link()
  if (thread.runBatch !== undefined) return thread.runBatch(bound)
  await held.run(CompiledQuery.raw(begin))
  const link = held.link()
  try {
    for (const { sql, parameters } of bound) await link.run(sql, parameters)
    await link.run('commit', [])
  } catch (error) {
    // A link that cannot even roll back is lost, and with it what was begun.
    await link.run('rollback', []).catch(() => link.destroy())
    throw error
  }
}
