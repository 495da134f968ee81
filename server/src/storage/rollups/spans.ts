/** Spans of time that are summed up, and their number in the tables. */
export const spans = { minute: 1, hour: 2, day: 3 } as const

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs

export const startOf = (at: number, lengthMs: number) => at - (at % lengthMs)
