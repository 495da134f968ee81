import type { Period } from '@gemini-balance/contract'
import type { ZoneCalendar } from '../../runtime/time/calendar.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const lengths: Readonly<Record<Period, number>> = {
  '1m': minuteMs,
  '1h': hourMs,
  '8h': 8 * hourMs,
  '24h': 24 * hourMs,
  '30d': 30 * 24 * hourMs,
}

/** The start of a period that ends now. */
export const sinceOf = (period: Period, now: number) => now - lengths[period]

/** The length of the buckets of a period; days are those of the calendar. */
const bucketOf: Readonly<Record<Period, number | 'day'>> = {
  '1m': minuteMs,
  '1h': minuteMs,
  '8h': 10 * minuteMs,
  '24h': hourMs,
  '30d': 'day',
}

export const isDrawnByDay = (period: Period) => bucketOf[period] === 'day'

/** The starts of the buckets of a period, the running one last. */
export function bucketsOf(period: Period, now: number, calendar: ZoneCalendar): number[] {
  const length = bucketOf[period]
  const since = sinceOf(period, now)
  const starts: number[] = []
  const next = (at: number) => (length === 'day' ? calendar.nextDay(at) : at + length)
  const first = length === 'day' ? calendar.startOfDay(since) : since - (since % length)
  for (let at = first; at <= now; at = next(at)) starts.push(at)
  return starts
}
