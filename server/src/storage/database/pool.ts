import { DatabaseError } from './database-error.ts'
import { withTimeout } from '../../runtime/with-timeout.ts'
import type { Connection } from './connection.ts'
import { createSemaphore } from './semaphore.ts'

export type PoolLimits = {
  /** Links open at once. */
  readonly size: number
  /** How long to wait for one that is free. */
  readonly waitMs: number
  /** A link unused for so long is asked whether it still lives: a network may have dropped it without a word. */
  readonly trustMs: number
  /** How long such a link may take to answer. */
  readonly pingMs: number
  /** How long what was begun may take when the pool closes. */
  readonly closeMs: number
}

/** Links that are opened when they are needed, used one by one, and replaced when they are lost. */
export type Pool = {
  /** Rejects with DatabaseError. */
  acquire(): Promise<Connection>
  release(link: Connection): void
  /** A new link for one that was acquired and is lost. Rejects with DatabaseError. */
  replace(link: Connection): Promise<Connection>
  /** After what was begun is done, as far as it is done in time. */
  close(): Promise<void>
}

type Resting = { readonly link: Connection; readonly since: number }

export function createPool(connect: () => Promise<Connection>, limits: PoolLimits): Pool {
  const turns = createSemaphore(limits.size)
  const resting: Resting[] = []
  const links = new Set<Connection>()
  let isClosed = false
  let isOver = false

  async function open(): Promise<Connection> {
    const link = await connect()
    links.add(link)
    if (!isOver) return link
    forget(link)
    throw closed()
  }

  async function isAlive({ link, since }: Resting): Promise<boolean> {
    if (!link.isOpen) return false
    if (performance.now() - since < limits.trustMs) return true
    return link.run('select 1', [], limits.pingMs).then(
      () => true,
      () => false,
    )
  }

  /** The one used last first: the others may rest until they are lost. */
  async function find(): Promise<Connection> {
    for (let next = resting.pop(); next !== undefined; next = resting.pop()) {
      if (await isAlive(next)) return next.link
      forget(next.link)
    }
    return open()
  }

  function forget(link: Connection): void {
    links.delete(link)
    link.destroy()
  }

  return {
    async acquire() {
      if (isClosed) throw closed()
      await turns.take(limits.waitMs)
      try {
        return await find()
      } catch (error) {
        turns.give()
        throw error
      }
    },
    release(link) {
      if (link.isOpen) resting.push({ link, since: performance.now() })
      else forget(link)
      turns.give()
    },
    async replace(link) {
      forget(link)
      return open()
    },
    async close() {
      if (isClosed) return
      isClosed = true
      await withTimeout(limits.closeMs, async () => {
        for (let taken = 0; taken < limits.size; taken += 1) await turns.take(Infinity)
        await Promise.allSettled([...links].map((link) => link.close()))
      })
      isOver = true
      for (const link of links) link.destroy()
    },
  }
}

const closed = () => new DatabaseError('The database is closed.', 'CLOSED')
