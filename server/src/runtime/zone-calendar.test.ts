import { expect, test } from 'vitest'
import { zonedCalendar } from './zone-calendar.ts'

const at = (text: string) => Date.parse(text)

test('days and months begin where clocks of the zone say so', () => {
  const calendar = zonedCalendar(() => 'Asia/Shanghai')
  const noon = at('2026-11-30T12:00:00+08:00')
  expect(calendar.startOfDay(noon)).toBe(at('2026-11-30T00:00:00+08:00'))
  expect(calendar.nextDay(noon)).toBe(at('2026-12-01T00:00:00+08:00'))
  expect(calendar.startOfMonth(noon)).toBe(at('2026-11-01T00:00:00+08:00'))
  expect(calendar.nextMonth(noon)).toBe(at('2026-12-01T00:00:00+08:00'))
  expect(calendar.nextMonth(at('2027-01-30T12:00:00+08:00'))).toBe(at('2027-02-01T00:00:00+08:00'))
})

test('a day is another one at midnight and not before, also where clocks change', () => {
  const calendar = zonedCalendar(() => 'America/Los_Angeles')
  const before = at('2026-11-01T23:59:59-08:00')
  expect(calendar.day(at('2026-11-01T00:00:00-07:00'))).toBe(calendar.day(before))
  expect(calendar.day(before + 1000)).not.toBe(calendar.day(before))
  expect(calendar.month(before)).toBe(calendar.month(before + 1000))
})

test('another zone counts from when it is set', () => {
  let zone = 'UTC'
  const calendar = zonedCalendar(() => zone)
  const moment = at('2026-11-30T20:00:00Z')
  expect(calendar.nextDay(moment)).toBe(at('2026-12-01T00:00:00Z'))
  zone = 'Asia/Tokyo'
  expect(calendar.nextDay(moment)).toBe(at('2026-12-02T00:00:00+09:00'))
})
