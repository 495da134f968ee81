import type { Range, Marks } from '../../telemetry/stores.ts'
import { hourMs, spans, startOf } from './spans.ts'

export type Segment = { readonly span: number; readonly from: number; readonly to: number }

/** Splits a range into spans of days, hours and minutes: each moment once, in the longest span that is summed up. */
export function coverRange({ from, to, byDay = false }: Range, marks: Marks): Segment[] {
  const days = { span: spans.day, from, to: byDay ? Math.min(to, marks.daysUntil) : from }
  const afterDays = Math.max(from, days.to)
  const firstHour = startOf(afterDays + hourMs - 1, hourMs)
  const lastHour = Math.min(startOf(to, hourMs), marks.hoursUntil)
  const segments =
    firstHour < lastHour
      ? [
          days,
          { span: spans.minute, from: afterDays, to: firstHour },
          { span: spans.hour, from: firstHour, to: lastHour },
          { span: spans.minute, from: lastHour, to },
        ]
      : [days, { span: spans.minute, from: afterDays, to }]
  return segments.filter((segment) => segment.from < segment.to)
}
