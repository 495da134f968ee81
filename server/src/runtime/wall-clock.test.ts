import { expect, test } from 'vitest'
import { hourOfDay, readMoment, startOfDay, startOfMonth, startOfNextDay } from './wall-clock.ts'

const at = (iso: string) => Date.parse(iso)
const iso = (moment: number) => new Date(moment).toISOString()

test('a day begins at midnight of its zone', () => {
  expect(iso(startOfDay(at('2026-11-23T06:00:00Z'), 'Asia/Shanghai'))).toBe(
    '2026-11-22T16:00:00.000Z',
  )
  expect(iso(startOfNextDay(at('2026-11-23T06:00:00Z'), 'Asia/Kathmandu'))).toBe(
    '2026-11-23T18:15:00.000Z',
  )
  expect(iso(startOfMonth(at('2026-11-01T00:00:00Z'), 'America/Los_Angeles'))).toBe(
    '2026-10-01T07:00:00.000Z',
  )
})

test('days on which clocks change are an hour shorter or longer', () => {
  const hours = (noon: string) =>
    (startOfNextDay(at(noon), 'Europe/Berlin') - startOfDay(at(noon), 'Europe/Berlin')) / 3_600_000
  expect([hours('2026-03-29T12:00:00Z'), hours('2026-10-25T12:00:00Z')]).toEqual([23, 25])
  expect(hours('2026-11-23T12:00:00Z')).toBe(24)
})

test('every moment is in the day that began before it and ends after it', () => {
  for (const zone of ['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'UTC']) {
    for (let moment = at('2026-01-01T00:30:00Z'); moment < at('2027-01-01T00:00:00Z');) {
      const day = startOfDay(moment, zone)
      expect(day).toBeLessThanOrEqual(moment)
      expect(startOfNextDay(moment, zone)).toBeGreaterThan(moment)
      expect(startOfDay(day, zone)).toBe(day)
      moment += 5 * 3_600_000 + 1_234_567
    }
  }
})

test('the hour is what a clock in the zone shows', () => {
  expect(hourOfDay(at('2026-11-23T19:30:00Z'), 'Asia/Shanghai')).toBe(3)
  expect(hourOfDay(at('2026-11-22T16:00:00Z'), 'Asia/Shanghai')).toBe(0)
})

test('a time is read in the zone unless it names another', () => {
  const read = (text: string) => readMoment(text, 'Asia/Shanghai')
  const noon = at('2026-11-23T12:00:00Z')
  expect(read('2026-11-23T12:00:00Z')).toBe(noon)
  expect(read('2026-11-23T20:00')).toBe(noon)
  expect(read('2026-11-23 20:00:00')).toBe(noon)
  expect(read('2026-11-23T14:00:00+02:00')).toBe(noon)
  expect(read(String(noon))).toBe(noon)
  expect(read('2026-11-23')).toBe(at('2026-11-22T16:00:00Z'))
  expect(read('yesterday')).toBeUndefined()
})
