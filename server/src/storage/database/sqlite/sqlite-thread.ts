import { once } from 'node:events'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { DatabaseError } from '../../../runtime/database-error.ts'
import type { Connection, SqlResult } from '../connection.ts'
import {
  packValues,
  type ThreadTask,
  type WorkerAnswer,
  type WorkerRequest,
} from './worker-messages.ts'

type StatementRequest = Exclude<WorkerRequest, { kind: 'close' }>

type Waiting = {
  readonly resolve: (result: SqlResult) => void
  readonly reject: (error: DatabaseError) => void
}

/**
 * A thread with the database file open; a missing file is created. Rejects with DatabaseError. The thread is never terminated: inside SQLite
 * that would end the whole process. It is asked to end, and does so after its current statement.
 */
export async function startSqliteThread(task: ThreadTask): Promise<Connection> {
  const worker = startWorker(task)
  const exited = once(worker, 'exit')
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let end: DatabaseError | undefined

  function fail(message: string): void {
    end ??= closedBecause(message)
    for (const { reject } of waiting.values()) reject(end)
    waiting.clear()
  }

  /** Earlier requests are still answered. */
  function stop(): void {
    if (end) return
    end = closedBecause(closed)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows; this is a thread
    worker.postMessage({ kind: 'close' } satisfies WorkerRequest)
  }

  function expectAnswer(id: number): Promise<SqlResult> {
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  }

  async function send(request: StatementRequest): Promise<SqlResult> {
    // SQLite used after its close would end the process.
    if (end) throw end
    const answer = expectAnswer(request.id)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows; this is a thread
    worker.postMessage(request, transferList(request))
    return answer
  }

  worker.on('message', (answer: WorkerAnswer) => {
    const request = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('result' in answer) request?.resolve(answer.result)
    else request?.reject(new DatabaseError(answer.failure.message, answer.failure.code))
  })
  worker.on('error', (error) => fail(`The database thread failed: ${String(error)}`))
  worker.on('exit', () => fail(closed))

  try {
    await expectAnswer(0)
  } catch (error) {
    await exited
    throw error
  }

  return {
    get isOpen() {
      return end === undefined
    },
    async run(sql, parameters) {
      lastId += 1
      return send({ kind: 'run', id: lastId, sql, parameters: packValues(parameters) })
    },
    async runBatch(statements) {
      lastId += 1
      const packed = statements.map(({ sql, parameters }) => ({
        sql,
        parameters: packValues(parameters),
      }))
      await send({ kind: 'batch', id: lastId, statements: packed })
    },
    async close() {
      stop()
      await exited
    },
    destroy: stop,
  }
}

const closed = 'The database is closed.'
const closedBecause = (message: string) => new DatabaseError(message, 'CLOSED')

function transferList(request: StatementRequest): ArrayBuffer[] {
  const statements = request.kind === 'run' ? [request] : request.statements
  return statements.flatMap(({ parameters }) =>
    'numbers' in parameters ? [parameters.numbers.buffer] : [],
  )
}

function startWorker(workerData: ThreadTask): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  const entry = new URL(isSource ? './sqlite-worker.ts' : './sqlite-worker.js', import.meta.url)
  return new Worker(isSource ? withTypeScript(entry) : entry, { workerData, execArgv: [] })
}

/** From source, the thread needs its own TypeScript loader. */
function withTypeScript(entry: URL): URL {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))
  const loader = new URL('./dist/esm/api/index.mjs', tsx).href
  const code = `import { register } from '${loader}'; register(); await import('${entry.href}')`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
