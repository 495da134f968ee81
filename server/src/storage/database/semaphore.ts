import { DatabaseError } from './database-error.ts'

/** So many at a time, first come first served. */
export type Semaphore = {
  /** Rejects with DatabaseError when none came free for so long. */
  take(waitMs: number): Promise<void>
  give(): void
}

export function createSemaphore(count: number): Semaphore {
  const queue = new Set<() => void>()
  let free = count
  return {
    async take(waitMs) {
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
    give() {
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
