const hourMs = 3_600_000

const pacificClock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
})

export type PacificCalendar = {
  /** The next midnight in Los Angeles after `now`: the moment Google's daily quotas return. */
  endOf(now: number): number
}

/** Remembers the current day, so that Intl (some 2 µs a call) is asked about twice a day and not once a request. */
export function createPacificDay(): PacificCalendar {
  let start = 0
  let end = 0
  return {
    endOf(now) {
      if (now < start || now >= end) {
        end = nextPacificMidnight(now)
        start = now
      }
      return end
    },
  }
}

function nextPacificMidnight(now: number): number {
  const { year, month, day } = pacificParts(now)
  // Daylight saving changes at 02:00, so midnight exists once a day, at 07:00 or 08:00 UTC.
  const daylight = Date.UTC(year, month - 1, day + 1, 7)
  return pacificParts(daylight).hour === 0 ? daylight : daylight + hourMs
}

function pacificParts(at: number): { year: number; month: number; day: number; hour: number } {
  const parts = { year: 0, month: 0, day: 0, hour: 0 }
  for (const { type, value } of pacificClock.formatToParts(at)) {
    if (type === 'year' || type === 'month' || type === 'day' || type === 'hour') {
      parts[type] = Number(value)
    }
  }
  return parts
}
