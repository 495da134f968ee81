import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { DatabaseError } from '../database-error.ts'
import type { Link, SqlResult } from '../link.ts'
import { packValues, type WorkerAnswer, type WorkerRequest } from './worker-messages.ts'

type Waiting = {
  readonly resolve: (result: SqlResult) => void
  readonly reject: (error: DatabaseError) => void
}

/** A thread that has the database file open; the file is made if there is none. Rejects with DatabaseError. */
export async function startSqliteThread(path: string): Promise<Link> {
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
    worker.postMessage(request, transferred(request))
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
    get isOpen() {
      return end === undefined
    },
    async run(sql, parameters) {
      lastId += 1
      return ask({ kind: 'run', id: lastId, sql, parameters: packValues(parameters) })
    },
    async runTogether(statements) {
      lastId += 1
      const packed = statements.map(({ sql, parameters }) => ({
        sql,
        parameters: packValues(parameters),
      }))
      await ask({ kind: 'together', id: lastId, statements: packed })
    },
    async close() {
      if (end) return
      lastId += 1
      await ask({ kind: 'close', id: lastId })
      await worker.terminate()
    },
    destroy() {
      endWith('The database is closed.')
      void worker.terminate()
    },
  }
}

function transferred(request: WorkerRequest): ArrayBuffer[] {
  if (request.kind === 'close') return []
  const statements = request.kind === 'run' ? [request] : request.statements
  return statements.flatMap(({ parameters }) =>
    'numbers' in parameters ? [parameters.numbers.buffer] : [],
  )
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
