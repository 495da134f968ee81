/** One at a time, first come first served. */
export type Turns = { take(): Promise<void>; give(): void }

export function createTurns(): Turns {
  const queue: (() => void)[] = []
  let isTaken = false
  return {
    take() {
      return new Promise((resolve) => {
        if (isTaken) queue.push(resolve)
        else resolve()
        isTaken = true
      })
    },
    give() {
      const next = queue.shift()
      isTaken = next !== undefined
      next?.()
    },
  }
}
