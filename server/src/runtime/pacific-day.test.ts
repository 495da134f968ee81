import { expect, test } from 'vitest'

import { createPacificDay } from './pacific-day.ts'

const endOf = (iso: string) => new Date(createPacificDay().endOf(Date.parse(iso))).toISOString()

test('in summer the day ends at 07:00 UTC', () => {
  expect(endOf('2026-09-19T18:00:00Z')).toBe('2026-09-20T07:00:00.000Z')
  expect(endOf('2026-09-20T06:59:59.999Z')).toBe('2026-09-20T07:00:00.000Z')
})

test('midnight itself belongs to the new day', () => {
  expect(endOf('2026-09-20T07:00:00Z')).toBe('2026-09-21T07:00:00.000Z')
})

test('in winter the day ends at 08:00 UTC', () => {
  expect(endOf('2026-12-31T12:00:00Z')).toBe('2027-01-01T08:00:00.000Z')
})

test('the day on which summer time begins has 23 hours', () => {
  expect(endOf('2026-03-08T07:59:59Z')).toBe('2026-03-08T08:00:00.000Z')
  expect(endOf('2026-03-08T08:00:00Z')).toBe('2026-03-09T07:00:00.000Z')
})

test('the day on which summer time ends has 25 hours', () => {
  expect(endOf('2026-11-01T06:59:59Z')).toBe('2026-11-01T07:00:00.000Z')
  expect(endOf('2026-11-01T07:00:00Z')).toBe('2026-11-02T08:00:00.000Z')
})

test('the remembered day is not taken for another', () => {
  const day = createPacificDay()
  const today = Date.parse('2026-09-19T18:00:00Z')
  expect(day.endOf(today)).toBe(Date.parse('2026-09-20T07:00:00Z'))
  expect(day.endOf(today + 86_400_000)).toBe(Date.parse('2026-09-21T07:00:00Z'))
  expect(day.endOf(today - 86_400_000)).toBe(Date.parse('2026-09-19T07:00:00Z'))
})
