const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  // One zone is in use at a time; few are tried.
  if (formats.size > 20) formats.clear()
  formats.set(zone, format)
  return format
}

/** What a wall clock in the zone shows, as if it were UTC. */
function wallClock(at: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(at)
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
    value('second'),
  )
}

/** When a clock in the zone first shows this time, or would. */
function momentOf(wall: number, zone: string): number {
  const first = wall - (wallClock(wall, zone) - wall)
  // The offset at the guess may be another one than at the moment itself, when clocks change in between.
  return wall - (wallClock(first, zone) - first)
}

const dayMs = 86_400_000
const startOfUtcDay = (at: number) => Math.floor(at / dayMs) * dayMs

/** When the day began that it is in the zone. Where clocks skip midnight, the day begins when they do. */
export const startOfDay = (at: number, zone: string) =>
  momentOf(startOfUtcDay(wallClock(at, zone)), zone)

export const startOfNextDay = (at: number, zone: string) =>
  momentOf(startOfUtcDay(wallClock(at, zone)) + dayMs, zone)

export function startOfMonth(at: number, zone: string): number {
  const wall = new Date(wallClock(at, zone))
  return momentOf(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), 1), zone)
}

/** What a person writes as a time, in the zone unless it names another; undefined where it is none. */
export function readMoment(text: string, zone: string): number | undefined {
  if (/^\d{11,15}$/.test(text)) return Number(text)
  const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(text) && text.includes(':')
  const wall = Date.parse(hasZone || !text.includes(':') ? text : `${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(wall)) return undefined
  return hasZone ? wall : momentOf(wall, zone)
}

/** The hour that a clock in the zone shows. */
export const hourOfDay = (at: number, zone: string) => new Date(wallClock(at, zone)).getUTCHours()
