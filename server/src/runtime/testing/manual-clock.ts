import type { Clock } from '../time/clock.ts'

/** A clock that moves only when a test moves it. */
export type ManualClock = Clock & {
  advance(byMs: number): void
  readonly timers: number
}

export function manualClock(startAt = Date.UTC(2026, 8, 19, 18)): ManualClock {
  let now = startAt
  const timers = new Set<{ at: number; wake: () => void }>()
  const due = (until: number) =>
    [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
  return {
    now: () => now,
    at(at, wake) {
      const timer = { at, wake }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(byMs) {
      const until = now + byMs
      for (let next = due(until); next; next = due(until)) {
        timers.delete(next)
        now = Math.max(now, next.at)
        next.wake()
      }
      now = until
    },
    get timers() {
      return timers.size
    },
  }
}
