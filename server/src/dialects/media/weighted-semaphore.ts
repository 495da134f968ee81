/** A place in the queue of a semaphore. */
export type Waiter = {
  readonly amount: number
  /** Age of who waits: the lowest is served first. */
  readonly rank: number
  /** Called once the amount is taken. */
  readonly enter: () => void
}

/** A limited amount, and those who wait for a part of it, the oldest first. */
export class WeightedSemaphore {
  readonly #size: () => number
  readonly #queue: Waiter[] = []
  #used = 0

  constructor(size: () => number) {
    this.#size = size
  }

  get used(): number {
    return this.#used
  }

  get waiting(): number {
    return this.#queue.length
  }

  /** Whether the amount was free at once. Older ones that wait go first. */
  take(amount: number, rank: number): boolean {
    const [oldest] = this.#queue
    if (oldest !== undefined && oldest.rank <= rank) return false
    if (this.#used + amount > this.#size()) return false
    this.#used += amount
    return true
  }

  join(waiter: Waiter): void {
    const at = this.#queue.findIndex(({ rank }) => rank > waiter.rank)
    this.#queue.splice(at === -1 ? this.#queue.length : at, 0, waiter)
  }

  leave(waiter: Waiter): void {
    const at = this.#queue.indexOf(waiter)
    if (at !== -1) this.#queue.splice(at, 1)
    this.#serve()
  }

  give(amount: number): void {
    this.#used -= amount
    this.#serve()
  }

  #serve(): void {
    for (let [next] = this.#queue; next !== undefined; [next] = this.#queue) {
      if (this.#used + next.amount > this.#size()) return
      this.#used += next.amount
      this.#queue.shift()
      next.enter()
    }
  }
}
