import type { Calendar } from './calendar.ts'
import { startOfDay, startOfMonth, startOfNextDay } from './wall-clock.ts'

type Span = { readonly zone: string; readonly from: number; readonly to: number }

const longestMonthMs = 32 * 86_400_000

/** Days and months of a zone, which may change. Asked at each request: what was found holds until the day or the month is over. */
export function zonedCalendar(zoneNow: () => string): Calendar {
  const dayOf = spans(zoneNow, (at, zone) => ({
    from: startOfDay(at, zone),
    to: startOfNextDay(at, zone),
  }))
  const monthOf = spans(zoneNow, (at, zone) => {
    const from = startOfMonth(at, zone)
    return { from, to: startOfMonth(from + longestMonthMs, zone) }
  })
  return {
    day: (at) => dayOf(at).from,
    month: (at) => String(monthOf(at).from),
    startOfDay: (at) => dayOf(at).from,
    startOfMonth: (at) => monthOf(at).from,
    nextDay: (at) => dayOf(at).to,
    nextMonth: (at) => monthOf(at).to,
  }
}

/** The span that a moment is in, with the last one kept. */
function spans(
  zoneNow: () => string,
  find: (at: number, zone: string) => Omit<Span, 'zone'>,
): (at: number) => Span {
  let last: Span = { zone: '', from: 0, to: 0 }
  return (at) => {
    const zone = zoneNow()
    if (zone !== last.zone || at < last.from || at >= last.to) last = { zone, ...find(at, zone) }
    return last
  }
}
