import { DatabaseError } from './database-error.ts'
import { within } from '../../runtime/with-timeout.ts'
import type { Link } from './connection.ts'
import { createTurns } from './semaphore.ts'

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
  acquire(): Promise<Link>
  release(link: Link): void
  /** A new link for one that was acquired and is lost. Rejects with DatabaseError. */
  replace(link: Link): Promise<Link>
  /** After what was begun is done, as far as it is done in time. */
  close(): Promise<void>
}

type Resting = { readonly link: Link; readonly since: number }

export function createPool(connect: () => Promise<Link>, limits: PoolLimits): Pool {
  const turns = createTurns(limits.size)
  const resting: Resting[] = []
  const links = new Set<Link>()
  let isClosed = false
  let isOver = false

  async function open(): Promise<Link> {
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
  async function find(): Promise<Link> {
    for (let next = resting.pop(); next !== undefined; next = resting.pop()) {
      if (await isAlive(next)) return next.link
      forget(next.link)
    }
    return open()
  }

  function forget(link: Link): void {
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
      await within(limits.closeMs, async () => {
        for (let taken = 0; taken < limits.size; taken += 1) await turns.take(Infinity)
        await Promise.allSettled([...links].map((link) => link.close()))
      })
      isOver = true
      for (const link of links) link.destroy()
    },
  }
}

const closed = () => new DatabaseError('The database is closed.', 'CLOSED')
