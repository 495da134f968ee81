import { MediaError } from './media-error.ts'
import { WeightedSemaphore, type Waiter } from './weighted-semaphore.ts'

/** Limits of the fetched files of all requests together. */
export type BudgetLimits = {
  readonly memoryBytes: number
  /** Fetches at a time. */
  readonly fetches: number
  /** Fetches that may wait for a place or for memory. */
  readonly maxWaiting: number
  readonly maxWaitMs: number
}

/**
 * Memory that a fetched byte takes until its request ends: base64 is a third longer, and is held as a part of the
 * request and in the body of the call.
 */
export const memoryPerByte = (2 * 4) / 3

export type MediaLease = {
  /** Waits for a place for one more fetch. */
  enter(signal: AbortSignal): Promise<void>
  /** Ends a fetch. */
  leave(): void
  /** Waits for memory for so many fetched bytes. Throws MediaError, at once or later, as `enter` does. */
  take(bytes: number, signal: AbortSignal): Promise<void> | undefined
  /** Gives all back, once the request has ended. */
  close(): void
}

export type MediaBudget = {
  /** The part of one request. */
  open(): MediaLease
  used(): { readonly memoryBytes: number; readonly fetches: number; readonly waiting: number }
}

/** What the fetched files of all requests may take. Who finds no room waits for a limited time; the oldest request is served first. */
export function createMediaBudget(limits: () => BudgetLimits): MediaBudget {
  const memory = new WeightedSemaphore(() => limits().memoryBytes)
  const fetches = new WeightedSemaphore(() => limits().fetches)
  const holders = new Set<Lease>()
  let opened = 0

  /** Where all who hold memory wait, nobody would ever give any back: the youngest gives up. */
  function endDeadlock(): void {
    let youngest: Lease | undefined
    for (const holder of holders) {
      if (!holder.isStuck) return
      if (youngest === undefined || holder.rank > youngest.rank) youngest = holder
    }
    youngest?.giveUp()
  }

  const waiting = () => memory.waiting + fetches.waiting
  const shared = { memory, fetches, holders, limits, waiting, endDeadlock }
  return {
    open: () => new Lease(shared, (opened += 1)),
    used: () => ({ memoryBytes: memory.used, fetches: fetches.used, waiting: waiting() }),
  }
}

type Shared = {
  readonly memory: WeightedSemaphore
  readonly fetches: WeightedSemaphore
  readonly holders: Set<Lease>
  readonly limits: () => BudgetLimits
  readonly waiting: () => number
  readonly endDeadlock: () => void
}

class Lease implements MediaLease {
  readonly rank: number
  readonly #shared: Shared
  #held = 0
  #fetching = 0
  #isOver = false
  readonly #waits = new Set<() => void>()

  constructor(shared: Shared, rank: number) {
    this.#shared = shared
    this.rank = rank
  }

  /** Whether all its fetches wait. */
  get isStuck(): boolean {
    return this.#waits.size > 0 && this.#waits.size >= this.#fetching
  }

  async enter(signal: AbortSignal): Promise<void> {
    this.#fetching += 1
    try {
      await this.#reserve(this.#shared.fetches, 1, signal)
    } catch (error) {
      this.#fetching -= 1
      throw error
    }
  }

  leave(): void {
    this.#fetching -= 1
    this.#shared.fetches.give(1)
    this.#shared.endDeadlock()
  }

  take(bytes: number, signal: AbortSignal): Promise<void> | undefined {
    return this.#reserve(this.#shared.memory, Math.ceil(bytes * memoryPerByte), signal)
  }

  giveUp(): void {
    this.#isOver = true
    for (const refuse of this.#waits) refuse()
  }

  close(): void {
    const { memory, holders } = this.#shared
    this.giveUp()
    holders.delete(this)
    memory.give(this.#held)
    this.#held = 0
  }

  #reserve(
    semaphore: WeightedSemaphore,
    amount: number,
    signal: AbortSignal,
  ): Promise<void> | undefined {
    if (this.#isOver || signal.aborted) throw busy()
    if (semaphore.take(amount, this.rank)) {
      this.#keep(semaphore, amount)
      return undefined
    }
    const { limits, waiting } = this.#shared
    if (waiting() >= limits().maxWaiting) throw busy()
    return this.#wait(semaphore, amount, signal)
  }

  #keep(semaphore: WeightedSemaphore, amount: number): void {
    if (semaphore !== this.#shared.memory) return
    this.#held += amount
    this.#shared.holders.add(this)
  }

  #wait(semaphore: WeightedSemaphore, amount: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', refuse)
        this.#waits.delete(refuse)
      }
      const waiter: Waiter = {
        amount,
        rank: this.rank,
        enter: () => {
          end()
          this.#keep(semaphore, amount)
          resolve()
        },
      }
      const refuse = () => {
        end()
        semaphore.leave(waiter)
        reject(busy())
      }
      const timer = setTimeout(refuse, this.#shared.limits().maxWaitMs)
      signal.addEventListener('abort', refuse, { once: true })
      this.#waits.add(refuse)
      semaphore.join(waiter)
      this.#shared.endDeadlock()
    })
  }
}

const busy = (): MediaError =>
  new MediaError('The gateway fetches as many files as it may.', { isBusy: true })
