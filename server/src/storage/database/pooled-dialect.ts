import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import { DatabaseError } from '../../runtime/database-error.ts'
import { bindable, type Connection } from './connection.ts'
import type { ConnectionPool } from './pool.ts'
import { StatementBatch, type Statement } from './run-batch.ts'
import { createSemaphore } from './semaphore.ts'

/** The SQL of a kind of database. */
export type SqlParts = Pick<
  Dialect,
  'createQueryCompiler' | 'createAdapter' | 'createIntrospector'
> & { readonly begin: string; readonly transactionWaitMs: number }

/** Kysely over a pool of connections. */
export function pooledDialect(
  pool: ConnectionPool,
  { begin, transactionWaitMs, ...parts }: SqlParts,
): Dialect {
  return { ...parts, createDriver: () => createDriver(pool, { begin, transactionWaitMs }) }
}

function createDriver(
  pool: ConnectionPool,
  { begin, transactionWaitMs }: Pick<SqlParts, 'begin' | 'transactionWaitMs'>,
): Driver {
  const leases = new WeakMap<DatabaseConnection, Lease>()
  // One transaction at a time, as in SQLite: what a transaction reads still holds when it writes, on every database alike.
  const transactions = createSemaphore(1)
  return {
    async init() {},
    async acquireConnection() {
      const lease = createLease(pool, await pool.acquire())
      const leased = databaseConnection(lease, begin)
      leases.set(leased, lease)
      return leased
    },
    async beginTransaction(leased) {
      await transactions.acquire(transactionWaitMs)
      try {
        await leased.executeQuery(CompiledQuery.raw(begin))
      } catch (error) {
        transactions.release()
        throw error
      }
    },
    async commitTransaction(leased) {
      await leased.executeQuery(CompiledQuery.raw('commit'))
      transactions.release()
    },
    async rollbackTransaction(leased) {
      try {
        await leased.executeQuery(CompiledQuery.raw('rollback'))
      } catch {
        // The caller gets the error that led here. A lost connection has rolled back; any other must not be used again.
        leases.get(leased)?.connection().destroy()
      } finally {
        transactions.release()
      }
    },
    async releaseConnection(leased) {
      const lease = leases.get(leased)
      if (lease !== undefined) pool.release(lease.connection())
    },
    destroy: () => pool.close(),
  }
}

type Lease = { connection(): Connection; run(query: CompiledQuery): ReturnType<Connection['run']> }

/** A connection lost while idle is noticed with its first statement: that one is repeated on a new connection if it changes nothing. */
function createLease(pool: ConnectionPool, first: Connection): Lease {
  let connection = first
  let isUsed = false
  return {
    connection: () => connection,
    async run({ sql, parameters, query }) {
      const mayRepeat = !isUsed && (sql.startsWith('begin') || query.kind === 'SelectQueryNode')
      isUsed = true
      const values = parameters.map(bindable)
      try {
        return await connection.run(sql, values)
      } catch (error) {
        if (!mayRepeat || connection.isOpen || isTimeout(error)) throw error
        connection = await pool.replace(connection)
        return connection.run(sql, values)
      }
    },
  }
}

const isTimeout = (error: unknown) => error instanceof DatabaseError && error.code === 'TIMEOUT'

function databaseConnection(lease: Lease, begin: string): DatabaseConnection {
  return {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      if (query instanceof StatementBatch) {
        await runAll(lease, query.statements, begin)
        return { rows: [] }
      }
      const { rows, changes, insertId } = await lease.run(query)
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
  lease: Lease,
  statements: readonly Statement[],
  begin: string,
): Promise<void> {
  const bound = statements.map(({ sql, parameters }) => ({
    sql,
    parameters: parameters.map(bindable),
  }))
  const thread = lease.connection()
  if (thread.runBatch !== undefined) return thread.runBatch(bound)
  await lease.run(CompiledQuery.raw(begin))
  const connection = lease.connection()
  try {
    for (const { sql, parameters } of bound) await connection.run(sql, parameters)
    await connection.run('commit', [])
  } catch (error) {
    // A connection that cannot roll back is destroyed, and its transaction with it.
    await connection.run('rollback', []).catch(() => connection.destroy())
    throw error
  }
}
