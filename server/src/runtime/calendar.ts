/** Days and months as an operator counts them. */
export type Calendar = {
  /** A number that is another one after each midnight. */
  readonly day: (at: number) => number
  /** Such as `2026-11`. */
  readonly month: (at: number) => string
  readonly startOfDay: (at: number) => number
  readonly startOfMonth: (at: number) => number
  /** The next midnight. */
  readonly nextDay: (at: number) => number
  /** The first midnight of the next month. */
  readonly nextMonth: (at: number) => number
}

const dayMs = 86_400_000

/** Days in UTC. */
export const utcCalendar: Calendar = {
  day: (at) => Math.floor(at / dayMs),
  startOfDay: (at) => Math.floor(at / dayMs) * dayMs,
  startOfMonth(at) {
    const date = new Date(at)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  },
  month: (at) => new Date(at).toISOString().slice(0, 7),
  nextDay: (at) => (Math.floor(at / dayMs) + 1) * dayMs,
  nextMonth(at) {
    const date = new Date(at)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
  },
}
