import { DatabaseError } from '../../runtime/database-error.ts'
import { withTimeout } from '../../runtime/with-timeout.ts'
import type { Connection } from './connection.ts'
import { createSemaphore } from './semaphore.ts'

export type PoolLimits = {
  /** Connections open at once. */
  readonly size: number
  /** How long to wait for a free one. */
  readonly waitMs: number
  /** A connection idle for longer is pinged before use: a network may have dropped it silently. */
  readonly trustMs: number
  /** How long the ping may take. */
  readonly pingMs: number
  /** How long statements under way may take when the pool closes. */
  readonly closeMs: number
}

/** Connections that are opened on demand, used one by one, and replaced when they are lost. */
export type ConnectionPool = {
  /** Rejects with DatabaseError. */
  acquire(): Promise<Connection>
  release(connection: Connection): void
  /** A new connection for one that was acquired and is lost. Rejects with DatabaseError. */
  replace(connection: Connection): Promise<Connection>
  /** Waits for statements under way, within its limit. */
  close(): Promise<void>
}

type Idle = { readonly connection: Connection; readonly since: number }

export function createPool(connect: () => Promise<Connection>, limits: PoolLimits): ConnectionPool {
  const semaphore = createSemaphore(limits.size)
  const idle: Idle[] = []
  const connections = new Set<Connection>()
  let isClosing = false
  let isClosed = false

  async function open(): Promise<Connection> {
    const connection = await connect()
    connections.add(connection)
    if (!isClosed) return connection
    forget(connection)
    throw closed()
  }

  async function isAlive({ connection, since }: Idle): Promise<boolean> {
    if (!connection.isOpen) return false
    if (performance.now() - since < limits.trustMs) return true
    return connection.run('select 1', [], limits.pingMs).then(
      () => true,
      () => false,
    )
  }

  /** The one used last first: the others may stay idle until they are lost. */
  async function find(): Promise<Connection> {
    for (let next = idle.pop(); next !== undefined; next = idle.pop()) {
      if (await isAlive(next)) return next.connection
      forget(next.connection)
    }
    return open()
  }

  function forget(connection: Connection): void {
    connections.delete(connection)
    connection.destroy()
  }

  return {
    async acquire() {
      if (isClosing) throw closed()
      await semaphore.acquire(limits.waitMs)
      try {
        return await find()
      } catch (error) {
        semaphore.release()
        throw error
      }
    },
    release(connection) {
      if (connection.isOpen) idle.push({ connection, since: performance.now() })
      else forget(connection)
      semaphore.release()
    },
    async replace(connection) {
      forget(connection)
      return open()
    },
    async close() {
      if (isClosing) return
      isClosing = true
      await withTimeout(limits.closeMs, async () => {
        for (let count = 0; count < limits.size; count += 1) await semaphore.acquire(Infinity)
        await Promise.allSettled([...connections].map((connection) => connection.close()))
      })
      isClosed = true
      for (const connection of connections) connection.destroy()
    },
  }
}

const closed = () => new DatabaseError('The database is closed.', 'CLOSED')
