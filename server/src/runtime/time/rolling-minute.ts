const slots = 60
const slotMs = 1000

/** A sum over the last 60 seconds, counted by the second. */
export class RollingMinute {
  readonly #sums = new Float64Array(slots)
  #second = 0
  #total = 0

  add(amount: number, now: number): void {
    this.#advance(now)
    this.#sums[this.#second % slots] = (this.#sums[this.#second % slots] ?? 0) + amount
    this.#total += amount
  }

  total(now: number): number {
    this.#advance(now)
    return this.#total
  }

  /** When the sum, now at or above `limit`, falls below it if nothing is added. */
  fallsBelow(limit: number, now: number): number {
    this.#advance(now)
    let left = this.#total
    for (let second = this.#second - slots + 1; second <= this.#second; second += 1) {
      left -= this.#sums[second % slots] ?? 0
      if (left < limit) return (second + slots) * slotMs
    }
    return (this.#second + slots) * slotMs
  }

  /** Drops what is older than a minute. A clock that goes back changes nothing. */
  #advance(now: number): void {
    const second = Math.floor(now / slotMs)
    const steps = Math.min(slots, second - this.#second)
    for (let step = 1; step <= steps; step += 1) {
      const slot = (second - steps + step) % slots
      this.#total -= this.#sums[slot] ?? 0
      this.#sums[slot] = 0
    }
    if (steps > 0) this.#second = second
  }
}
