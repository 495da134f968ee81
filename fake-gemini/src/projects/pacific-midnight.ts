const pacific = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  hourCycle: 'h23',
})

function pacificParts(ms: number): { year: number; month: number; day: number; hour: number } {
  const read = new Map(pacific.formatToParts(ms).map((part) => [part.type, Number(part.value)]))
  return {
    year: read.get('year') ?? 0,
    month: read.get('month') ?? 0,
    day: read.get('day') ?? 0,
    hour: read.get('hour') ?? 0,
  }
}

/** The first midnight in Los Angeles after `ms`. Clocks change there at 2:00, so midnight is never ambiguous. */
export function nextPacificMidnight(ms: number): number {
  const { year, month, day } = pacificParts(ms)
  const daylight = Date.UTC(year, month - 1, day + 1, 7)
  return pacificParts(daylight).hour === 0 ? daylight : daylight + 3_600_000
}
