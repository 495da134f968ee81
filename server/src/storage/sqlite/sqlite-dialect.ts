import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import { createTurns } from './turns.ts'
import type { WorkerConnection } from './worker-connection.ts'

/** Kysely over one SQLite connection in a worker thread. */
export function sqliteDialect(connection: WorkerConnection): Dialect {
  return {
    createDriver: () => createDriver(connection),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (database) => new SqliteIntrospector(database),
  }
}

function createDriver(worker: WorkerConnection): Driver {
  const connection = databaseConnection(worker)
  const turns = createTurns()
  return {
    async init() {},
    async acquireConnection() {
      await turns.take()
      return connection
    },
    // Immediate: a transaction that will write never finds out half-way that another process writes.
    beginTransaction: (connection) => say(connection, 'begin immediate'),
    commitTransaction: (connection) => say(connection, 'commit'),
    rollbackTransaction: (connection) => say(connection, 'rollback'),
    async releaseConnection() {
      turns.give()
    },
    async destroy() {
      await turns.take()
      await worker.close()
      turns.give()
    },
  }
}

async function say(connection: DatabaseConnection, sql: string): Promise<void> {
  await connection.executeQuery(CompiledQuery.raw(sql))
}

function databaseConnection(worker: WorkerConnection): DatabaseConnection {
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const { rows, changes, insertId } = await worker.run(sql, parameters)
      return {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kysely infers rows from the query; SQLite cannot say.
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
