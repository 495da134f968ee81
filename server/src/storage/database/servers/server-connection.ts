import { DatabaseError } from '../database-error.ts'
import type { Connection, SqlResult, SqlValue } from '../connection.ts'
import { isFatal, serverError } from './server-error.ts'

/** What a driver has to do; it may fail in any way, or not answer at all. */
export type Wire = {
  /** Connects, enters, and makes the session what we need. */
  enter(): Promise<void>
  query(sql: string, parameters: readonly SqlValue[]): Promise<SqlResult>
  /** Says goodbye, and ends when it was heard. */
  leave(): Promise<void>
  hangUp(): void
  /** Tells when the server has gone. */
  onLoss(tell: (error: unknown) => void): void
}

/** How long a server may take. */
export type ServerLimits = {
  readonly connectMs: number
  /** For one statement. */
  readonly statementMs: number
}

/** A link that never hangs: whatever the driver does, a lost connection and the end of the time end every statement. Rejects with DatabaseError. */
export async function openServerLink(
  wire: Wire,
  { connectMs, statementMs }: ServerLimits,
): Promise<Connection> {
  const line = createLine(wire)
  wire.onLoss((error) => line.lose(serverError(error)))
  try {
    await line.limited(() => wire.enter(), connectMs)
  } catch (error) {
    line.lose(closed())
    throw error
  }
  return {
    get isOpen() {
      return line.isOpen()
    },
    run: (sql, parameters, limitMs = statementMs) =>
      line.limited(() => wire.query(sql, parameters), limitMs),
    async close() {
      // A goodbye that nobody hears ends the connection as well.
      await line.limited(() => wire.leave(), statementMs).catch(() => undefined)
      line.lose(closed())
    },
    destroy: () => line.lose(closed()),
  }
}

function createLine(wire: Pick<Wire, 'hangUp'>) {
  const waiting = new Set<(reason: DatabaseError) => void>()
  let end: DatabaseError | undefined

  function lose(reason: DatabaseError): void {
    if (end !== undefined) return
    end = reason
    for (const reject of waiting) reject(reason)
    waiting.clear()
    wire.hangUp()
  }

  function refuse(error: unknown): never {
    const reason = serverError(error)
    if (isFatal(error)) lose(reason)
    throw reason
  }

  async function limited<Result>(work: () => Promise<Result>, limitMs: number): Promise<Result> {
    if (end !== undefined) throw end
    return new Promise<Result>((resolve, reject) => {
      const timer = setTimeout(() => lose(tooLate(limitMs)), limitMs)
      waiting.add(reject)
      work()
        .catch(refuse)
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
const tooLate = (limitMs: number) =>
  new DatabaseError(`The database did not answer within ${limitMs} ms.`, 'TIMEOUT')
