import { DatabaseError } from '../../runtime/database-error.ts'

/** At most `count` holders at a time, first come first served. */
export type Semaphore = {
  /** Rejects with DatabaseError after the wait. */
  acquire(waitMs: number): Promise<void>
  release(): void
}

export function createSemaphore(count: number): Semaphore {
  const queue = new Set<() => void>()
  let free = count
  return {
    async acquire(waitMs) {
      if (free > 0) {
        free -= 1
        return
      }
      await new Promise<void>((resolve, reject) => {
        const giveUp = () => {
          queue.delete(go)
          reject(new DatabaseError('The database is busy.', 'BUSY'))
        }
        const timer = Number.isFinite(waitMs) ? setTimeout(giveUp, waitMs) : undefined
        const go = () => {
          clearTimeout(timer)
          resolve()
        }
        queue.add(go)
      })
    },
    release() {
      const [next] = queue
      if (next === undefined) {
        free += 1
        return
      }
      queue.delete(next)
      next()
    },
  }
}
