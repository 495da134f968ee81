import { DatabaseError } from '../../../runtime/database-error.ts'
import type { Connection, SqlResult, SqlValue } from '../connection.ts'
import { isFatal, serverError } from './server-error.ts'

/** A driver's connection. It may fail in any way, or not answer at all. */
export type ServerDriver = {
  /** Connects, logs in and sets up the session. */
  connect(): Promise<void>
  query(sql: string, parameters: readonly SqlValue[]): Promise<SqlResult>
  /** Says goodbye to the server. */
  end(): Promise<void>
  destroy(): void
  /** Calls back when the server is gone. */
  onLoss(listener: (error: unknown) => void): void
}

/** How long a server may take. */
export type ServerLimits = {
  readonly connectMs: number
  /** For one statement. */
  readonly statementMs: number
}

/** A connection that never hangs: every statement ends when the connection is lost or its time is over, whatever the driver does. Rejects with DatabaseError. */
export async function openServerConnection(
  driver: ServerDriver,
  { connectMs, statementMs }: ServerLimits,
): Promise<Connection> {
  const calls = createCalls(driver)
  driver.onLoss((error) => calls.lose(serverError(error)))
  try {
    await calls.limited(() => driver.connect(), connectMs)
  } catch (error) {
    calls.lose(closed())
    throw error
  }
  return {
    get isOpen() {
      return calls.isOpen()
    },
    run: (sql, parameters, limitMs = statementMs) =>
      calls.limited(() => driver.query(sql, parameters), limitMs),
    async close() {
      // A goodbye without an answer ends the connection as well.
      await calls.limited(() => driver.end(), statementMs).catch(() => undefined)
      calls.lose(closed())
    },
    destroy: () => calls.lose(closed()),
  }
}

/** Calls to the driver, which all fail once the connection is lost. */
function createCalls(driver: Pick<ServerDriver, 'destroy'>) {
  const waiting = new Set<(reason: DatabaseError) => void>()
  let end: DatabaseError | undefined

  function lose(reason: DatabaseError): void {
    if (end !== undefined) return
    end = reason
    for (const reject of waiting) reject(reason)
    waiting.clear()
    driver.destroy()
  }

  function fail(error: unknown): never {
    const reason = serverError(error)
    if (isFatal(error)) lose(reason)
    throw reason
  }

  async function limited<Result>(work: () => Promise<Result>, limitMs: number): Promise<Result> {
    if (end !== undefined) throw end
    return new Promise<Result>((resolve, reject) => {
      const timer = setTimeout(() => lose(timeout(limitMs)), limitMs)
      waiting.add(reject)
      work()
        .catch(fail)
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer)
          waiting.delete(reject)
        })
    })
  }

  return { lose, limited, isOpen: () => end === undefined }
}

const closed = () => new DatabaseError('The connection to the database is closed.', 'CLOSED')
const timeout = (limitMs: number) =>
  new DatabaseError(`The database did not answer within ${limitMs} ms.`, 'TIMEOUT')
