const windowMs = 60_000
const compactAfter = 1024

/** Requests and tokens of the last 60 seconds, in amortized O(1). */
export type RollingMinute = {
  requests(now: number): number
  tokens(now: number): number
  add(now: number, tokens: number): void
  /** Milliseconds until the oldest request leaves the window. */
  oldestLeavesIn(now: number): number
}

export function createRollingMinute(): RollingMinute {
  let times: number[] = []
  let amounts: number[] = []
  let head = 0
  let sum = 0

  function forget(): void {
    times = []
    amounts = []
    head = 0
    sum = 0
  }

  function prune(now: number): void {
    const last = times.at(-1)
    if (last === undefined) return
    // If the clock was set back, or forward by more than the window, there is nothing to count.
    if (last > now || last <= now - windowMs) return forget()
    while ((times[head] ?? now) <= now - windowMs) {
      sum -= amounts[head] ?? 0
      head += 1
    }
    if (head > compactAfter && head * 2 > times.length) {
      times = times.slice(head)
      amounts = amounts.slice(head)
      head = 0
    }
  }

  return {
    requests: (now) => {
      prune(now)
      return times.length - head
    },
    tokens: (now) => {
      prune(now)
      return sum
    },
    add: (now, tokens) => {
      times.push(now)
      amounts.push(tokens)
      sum += tokens
    },
    oldestLeavesIn: (now) => {
      prune(now)
      const oldest = times[head]
      return oldest === undefined ? windowMs : oldest + windowMs - now
    },
  }
}
