// The thread that waits for the disk.
import Database from 'libsql'
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { SqlResult, SqlValue } from '../connection.ts'
import {
  unpackValues,
  type Failure,
  type PackedStatement,
  type ThreadTask,
  type WorkerAnswer,
  type WorkerRequest,
} from './worker-messages.ts'

type SqliteDatabase = InstanceType<typeof Database>
type Statement = ReturnType<SqliteDatabase['prepare']>

const statementsKept = 100
const nothing: SqlResult = { rows: [], changes: 0, insertId: 0 }

function open(path: string): SqliteDatabase {
  const database = new Database(path)
  database.pragma('busy_timeout = 5000')
  database.pragma('journal_mode = WAL')
  // With a write-ahead log, writes survive a killed process; a power cut may lose the last ones.
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  // A page that is written often goes into the file once for many writes.
  database.pragma('wal_autocheckpoint = 4000')
  // Fails now if the file cannot be written.
  database.exec('begin immediate')
  database.exec('commit')
  return database
}

/** Prepared statements; the least recently used is forgotten first. */
function createStatements(database: SqliteDatabase): (sql: string) => Statement {
  const statements = new Map<string, Statement>()
  return (sql) => {
    const statement = statements.get(sql) ?? database.prepare(sql)
    statements.delete(sql)
    statements.set(sql, statement)
    const [oldest] = statements.keys()
    if (statements.size > statementsKept && oldest !== undefined) statements.delete(oldest)
    return statement
  }
}

function createRunner(database: SqliteDatabase) {
  const prepared = createStatements(database)
  return (sql: string, parameters: SqlValue[]): SqlResult => {
    // SQLite has rolled back by itself when the disk is full.
    if (sql === 'rollback' && !database.inTransaction) return nothing
    const statement = prepared(sql)
    if (statement.reader) return { ...nothing, rows: statement.all(parameters) }
    const { changes, lastInsertRowid } = statement.run(parameters)
    return { rows: [], changes, insertId: lastInsertRowid }
  }
}

function runBatch(
  run: ReturnType<typeof createRunner>,
  statements: readonly PackedStatement[],
): SqlResult {
  run('begin immediate', [])
  try {
    for (const { sql, parameters } of statements) run(sql, unpackValues(parameters))
    return run('commit', [])
  } catch (error) {
    run('rollback', [])
    throw error
  }
}

function failure(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), code: '' }
  return { message: error.message, code: 'code' in error ? String(error.code) : '' }
}

function answer(message: WorkerAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows; this is a thread
  parentPort?.postMessage(message)
}

function attempt(id: number, act: () => SqlResult): void {
  try {
    answer({ id, result: act() })
  } catch (error) {
    answer({ id, failure: failure(error) })
  }
}

function serve(database: SqliteDatabase): void {
  const run = createRunner(database)
  parentPort?.on('message', (request: WorkerRequest) => {
    if (request.kind === 'close') {
      run('rollback', [])
      database.close()
      parentPort?.close()
      return
    }
    attempt(request.id, () =>
      request.kind === 'run'
        ? run(request.sql, unpackValues(request.parameters))
        : runBatch(run, request.statements),
    )
  })
}

/** The kernel then gives this thread a tenth of a contended processor. */
const reportsPriority = 10

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- given by the thread that started this one
const { path, isForReports } = workerData as ThreadTask

attempt(0, () => {
  // On Linux a thread has its own priority; elsewhere this would change the whole process.
  if (isForReports && process.platform === 'linux') setPriority(0, reportsPriority)
  serve(open(path))
  return nothing
})
