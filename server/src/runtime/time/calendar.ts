/** Days and months as clocks of one time zone show them. */
export type ZoneCalendar = {
  readonly startOfDay: (at: number) => number
  /** The next midnight after `at`. */
  readonly nextDay: (at: number) => number
  readonly startOfMonth: (at: number) => number
  readonly nextMonth: (at: number) => number
  /** 0 to 23. */
  readonly hourOfDay: (at: number) => number
  /** A time as people write it, in this zone unless it names another; undefined where it is none. */
  readonly parse: (text: string) => number | undefined
}

type Span = { readonly from: number; readonly to: number }

const dayMs = 86_400_000
const longestMonthMs = 32 * dayMs

/**
 * The zone may change: it is read at each call. Requests ask for days and months, and one question to Intl takes some microseconds: the last
 * day and the last month are remembered until they are over.
 */
export function createCalendar(zone: () => string): ZoneCalendar {
  const day = rememberLast(zone, dayAround)
  const month = rememberLast(zone, monthAround)
  return {
    startOfDay: (at) => day(at).from,
    nextDay: (at) => day(at).to,
    startOfMonth: (at) => month(at).from,
    nextMonth: (at) => month(at).to,
    hourOfDay: (at) => new Date(wallClock(at, zone())).getUTCHours(),
    parse: (text) => parseTime(text, zone()),
  }
}

const pacificZone = 'America/Los_Angeles'

/** The calendar of Google's daily quotas. */
export const pacificCalendar = createCalendar(() => pacificZone)

function rememberLast(
  zoneNow: () => string,
  find: (at: number, zone: string) => Span,
): (at: number) => Span {
  let last: Span = { from: 0, to: 0 }
  let lastZone = ''
  return (at) => {
    const zone = zoneNow()
    if (at < last.from || at >= last.to || zone !== lastZone) {
      last = find(at, zone)
      lastZone = zone
    }
    return last
  }
}

/** Where clocks skip midnight, the day begins when they do. */
function dayAround(at: number, zone: string): Span {
  const midnight = Math.floor(wallClock(at, zone) / dayMs) * dayMs
  return { from: momentOf(midnight, zone), to: momentOf(midnight + dayMs, zone) }
}

function monthAround(at: number, zone: string): Span {
  const from = startOfMonth(at, zone)
  return { from, to: startOfMonth(from + longestMonthMs, zone) }
}

function startOfMonth(at: number, zone: string): number {
  const wall = new Date(wallClock(at, zone))
  return momentOf(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), 1), zone)
}

function parseTime(text: string, zone: string): number | undefined {
  if (/^\d{11,15}$/.test(text)) return Number(text)
  const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(text) && text.includes(':')
  const wall = Date.parse(hasZone || !text.includes(':') ? text : `${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(wall)) return undefined
  return hasZone ? wall : momentOf(wall, zone)
}

/** When a clock in the zone first shows this time, or would. */
function momentOf(wall: number, zone: string): number {
  const first = wall - (wallClock(wall, zone) - wall)
  // When clocks change in between, the offset at this guess differs from the offset at the moment itself.
  return wall - (wallClock(first, zone) - first)
}

/** What a clock in the zone shows, as if it were UTC. */
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
  // One or two zones are in use at a time.
  if (formats.size > 20) formats.clear()
  formats.set(zone, format)
  return format
}
