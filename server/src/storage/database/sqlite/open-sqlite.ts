import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseError } from '../../../runtime/database-error.ts'
import type { Connection } from '../connection.ts'
import type { Connector } from '../connector.ts'
import type { PoolLimits } from '../pool.ts'
import type { SqlParts } from '../pooled-dialect.ts'
import { createFolder } from './create-folder.ts'
import { explainSqliteFailure } from './sqlite-failure.ts'
import { startSqliteThread } from './sqlite-thread.ts'
import type { ThreadTask } from './worker-messages.ts'

const sqliteParts: SqlParts = {
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (database) => new SqliteIntrospector(database),
  // A transaction that will write never finds out half-way that another process writes.
  begin: 'begin immediate',
  transactionWaitMs: Infinity,
}

/** One thread runs all statements in turn. It is alive or it is not, so it is never pinged. */
const sqliteLimits: PoolLimits = {
  size: 1,
  waitMs: Infinity,
  trustMs: Infinity,
  pingMs: Infinity,
  closeMs: Infinity,
}

export const sqliteConnector = (
  path: string,
  { isForReports } = { isForReports: false },
): Connector => ({
  connect: connectSqlite({ path, isForReports }),
  limits: sqliteLimits,
  parts: sqliteParts,
  explain: (error) => explainSqliteFailure(path, error),
})

/** Starts the thread, and another when it has died. */
function connectSqlite(task: ThreadTask): () => Promise<Connection> {
  const { path } = task
  let isStarted = false
  return async () => {
    if (path === ':memory:') {
      if (isStarted) throw new DatabaseError('The database in memory is lost.', 'LOST')
    } else {
      await createFile(path)
    }
    isStarted = true
    return startSqliteThread(task)
  }
}

/** The file holds keys: only its owner may read it. */
async function createFile(path: string): Promise<void> {
  await createFolder(dirname(path))
  const file = await open(path, 'a', 0o600)
  await file.close()
}
