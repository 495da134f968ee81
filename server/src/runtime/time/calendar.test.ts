import { afterEach, describe, expect, test, vi } from 'vitest'
import { createCalendar, pacificCalendar } from './calendar.ts'

const at = (text: string) => Date.parse(text)
const iso = (moment: number) => new Date(moment).toISOString()
const calendarOf = (zone: string) => createCalendar(() => zone)
const hoursOfDay = (moment: string, zone: string) => {
  const { startOfDay, nextDay } = calendarOf(zone)
  return (nextDay(at(moment)) - startOfDay(at(moment))) / 3_600_000
}

afterEach(() => void vi.restoreAllMocks())

describe('a day', () => {
  test('begins at midnight of its zone', () => {
    const noon = at('2026-11-23T06:00:00Z')
    expect(iso(calendarOf('Asia/Shanghai').startOfDay(noon))).toBe('2026-11-22T16:00:00.000Z')
    expect(iso(calendarOf('Asia/Kathmandu').nextDay(noon))).toBe('2026-11-23T18:15:00.000Z')
  })

  test('on which clocks change is an hour shorter or longer', () => {
    const days = ['2026-03-29T12:00:00Z', '2026-10-25T12:00:00Z', '2026-11-23T12:00:00Z']
    expect(days.map((noon) => hoursOfDay(noon, 'Europe/Berlin'))).toEqual([23, 25, 24])
  })

  test.each(['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'UTC'])(
    'of %s contains each of its moments',
    (zone) => {
      const { startOfDay, nextDay } = calendarOf(zone)
      for (let moment = at('2026-01-01T00:30:00Z'); moment < at('2027-01-01T00:00:00Z');) {
        const day = startOfDay(moment)
        expect(day).toBeLessThanOrEqual(moment)
        expect(nextDay(moment)).toBeGreaterThan(moment)
        expect(startOfDay(day)).toBe(day)
        expect(startOfDay(nextDay(moment) - 1)).toBe(day)
        moment += 5 * 3_600_000 + 1_234_567
      }
    },
  )

  test('ends at midnight and not before, also where clocks change', () => {
    const { startOfDay, startOfMonth } = calendarOf('America/Los_Angeles')
    const before = at('2026-11-01T23:59:59-08:00')
    expect(startOfDay(at('2026-11-01T00:00:00-07:00'))).toBe(startOfDay(before))
    expect(startOfDay(before + 1000)).not.toBe(startOfDay(before))
    expect(startOfMonth(before)).toBe(startOfMonth(before + 1000))
  })

  test('has the hours that a clock in its zone shows', () => {
    const { hourOfDay } = calendarOf('Asia/Shanghai')
    expect(hourOfDay(at('2026-11-23T19:30:00Z'))).toBe(3)
    expect(hourOfDay(at('2026-11-22T16:00:00Z'))).toBe(0)
  })
})

test('a month begins on its first day in its zone', () => {
  const pacific = calendarOf('America/Los_Angeles')
  expect(iso(pacific.startOfMonth(at('2026-11-01T00:00:00Z')))).toBe('2026-10-01T07:00:00.000Z')
  const { startOfMonth, nextMonth } = calendarOf('Asia/Shanghai')
  const noon = at('2026-11-30T12:00:00+08:00')
  expect(startOfMonth(noon)).toBe(at('2026-11-01T00:00:00+08:00'))
  expect(nextMonth(noon)).toBe(at('2026-12-01T00:00:00+08:00'))
  expect(nextMonth(at('2027-01-30T12:00:00+08:00'))).toBe(at('2027-02-01T00:00:00+08:00'))
})

test('another zone counts from when it is set', () => {
  let zone = 'UTC'
  const { nextDay } = createCalendar(() => zone)
  const moment = at('2026-11-30T20:00:00Z')
  expect(nextDay(moment)).toBe(at('2026-12-01T00:00:00Z'))
  zone = 'Asia/Tokyo'
  expect(nextDay(moment)).toBe(at('2026-12-02T00:00:00+09:00'))
})

test('a time is read in the zone unless it names another', () => {
  const { parse } = calendarOf('Asia/Shanghai')
  const noon = at('2026-11-23T12:00:00Z')
  expect(parse('2026-11-23T12:00:00Z')).toBe(noon)
  expect(parse('2026-11-23T20:00')).toBe(noon)
  expect(parse('2026-11-23 20:00:00')).toBe(noon)
  expect(parse('2026-11-23T14:00:00+02:00')).toBe(noon)
  expect(parse(String(noon))).toBe(noon)
  expect(parse('2026-11-23')).toBe(at('2026-11-22T16:00:00Z'))
  expect(parse('yesterday')).toBeUndefined()
})

describe('the Pacific day', () => {
  const endOf = (text: string) => iso(pacificCalendar.nextDay(at(text)))

  test.each([
    ['in summer at 07:00 UTC', '2026-09-19T18:00:00Z', '2026-09-20T07:00:00.000Z'],
    ['not a moment earlier', '2026-09-20T06:59:59.999Z', '2026-09-20T07:00:00.000Z'],
    ['a day later from midnight on', '2026-09-20T07:00:00Z', '2026-09-21T07:00:00.000Z'],
    ['in winter at 08:00 UTC', '2026-12-31T12:00:00Z', '2027-01-01T08:00:00.000Z'],
    ['as usual before summer time begins', '2026-03-08T07:59:59Z', '2026-03-08T08:00:00.000Z'],
    ['after 23 hours when summer time begins', '2026-03-08T08:00:00Z', '2026-03-09T07:00:00.000Z'],
    ['as usual before summer time ends', '2026-11-01T06:59:59Z', '2026-11-01T07:00:00.000Z'],
    ['after 25 hours when summer time ends', '2026-11-01T07:00:00Z', '2026-11-02T08:00:00.000Z'],
  ])('ends %s', (_, moment, end) => {
    expect(endOf(moment)).toBe(end)
  })

  test('that is remembered is not taken for another', () => {
    expect(endOf('2026-09-19T18:00:00Z')).toBe('2026-09-20T07:00:00.000Z')
    expect(endOf('2026-09-20T18:00:00Z')).toBe('2026-09-21T07:00:00.000Z')
    expect(endOf('2026-09-18T18:00:00Z')).toBe('2026-09-19T07:00:00.000Z')
  })
})

test('Intl is asked a few times a day, not at each request', () => {
  const intl = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts')
  const { startOfDay, nextDay, startOfMonth, nextMonth } = calendarOf('Europe/Berlin')
  const start = at('2026-11-02T00:00:00+01:00')
  for (let minute = 0; minute < 10 * 1440; minute += 1) {
    const now = start + minute * 60_000
    for (const ask of [startOfDay, nextDay, startOfMonth, nextMonth]) ask(now)
  }
  expect(intl.mock.calls.length).toBeLessThanOrEqual(10 * 5 + 6)
})
