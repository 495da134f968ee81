import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseError } from '../database-error.ts'
import type { Connection } from '../connection.ts'
import type { PoolLimits } from '../pool.ts'
import type { SqlParts } from '../pooled-dialect.ts'
import { startSqliteThread } from './sqlite-thread.ts'
import type { ThreadTask } from './worker-messages.ts'

export const sqliteParts: SqlParts = {
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (database) => new SqliteIntrospector(database),
  // A transaction that will write never finds out half-way that another process writes.
  begin: 'begin immediate',
  transactionWaitMs: Infinity,
}

/** One thread does all the work, in turn; it is there or it is not, so nobody asks whether it lives. */
export const sqliteLimits: PoolLimits = {
  size: 1,
  waitMs: Infinity,
  trustMs: Infinity,
  pingMs: Infinity,
  closeMs: Infinity,
}

/** Starts the thread, and another when it has died. */
export function sqliteLinks(task: ThreadTask): () => Promise<Connection> {
  const { path } = task
  let isStarted = false
  return async () => {
    if (path === ':memory:') {
      if (isStarted) throw new DatabaseError('The database in memory is lost.', 'LOST')
    } else {
      await makeFile(path)
    }
    isStarted = true
    return startSqliteThread(task)
  }
}

/** Keys are in this file: nobody but its owner reads it. */
async function makeFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'a', 0o600)
  await file.close()
}
