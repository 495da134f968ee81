import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { DatabaseError } from '../database-error.ts'
import type { SqlResult, SqlValue, WorkerAnswer, WorkerRequest } from './worker-messages.ts'

/** A SQLite database that lives in another thread. */
export type WorkerConnection = {
  /** Rejects with DatabaseError. */
  run(sql: string, parameters: readonly unknown[]): Promise<SqlResult>
  close(): Promise<void>
}

type Waiting = {
  readonly resolve: (result: SqlResult) => void
  readonly reject: (error: DatabaseError) => void
}

/** Opens the database file, making it if there is none. Rejects with DatabaseError. */
export async function connectToWorker(path: string): Promise<WorkerConnection> {
  const worker = startWorker(path)
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let end: DatabaseError | undefined

  function endWith(message: string): void {
    end ??= new DatabaseError(message, 'CLOSED')
    for (const { reject } of waiting.values()) reject(end)
    waiting.clear()
  }

  function expectAnswer(id: number): Promise<SqlResult> {
    return new Promise((resolve, reject) => {
      if (end) reject(end)
      else waiting.set(id, { resolve, reject })
    })
  }

  function ask(request: WorkerRequest): Promise<SqlResult> {
    const answer = expectAnswer(request.id)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows; this is a thread
    worker.postMessage(request)
    return answer
  }

  worker.on('message', (answer: WorkerAnswer) => {
    const asker = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('result' in answer) asker?.resolve(answer.result)
    else asker?.reject(new DatabaseError(answer.failure.message, answer.failure.code))
  })
  worker.on('error', (error) => endWith(`The database thread failed: ${String(error)}`))
  worker.on('exit', () => endWith('The database is closed.'))

  try {
    await expectAnswer(0)
  } catch (error) {
    await worker.terminate()
    throw error
  }

  return {
    async run(sql, parameters) {
      lastId += 1
      return ask({ kind: 'run', id: lastId, sql, parameters: parameters.map(bindable) })
    },
    async close() {
      if (end) return
      lastId += 1
      await ask({ kind: 'close', id: lastId })
      await worker.terminate()
    },
  }
}

function startWorker(path: string): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  const entry = new URL(isSource ? './sqlite-worker.ts' : './sqlite-worker.js', import.meta.url)
  return new Worker(isSource ? throughTypeScript(entry) : entry, { workerData: path, execArgv: [] })
}

/** From source the thread needs a TypeScript loader of its own; compiled, it needs nothing. */
function throughTypeScript(entry: URL): URL {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))
  const loader = new URL('./dist/esm/api/index.mjs', tsx).href
  const code = `import { register } from '${loader}'; register(); await import('${entry.href}')`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}

function bindable(value: unknown): SqlValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new DatabaseError(`A ${typeof value} cannot be stored.`, 'BAD_VALUE')
}
