import { describe, expect, test } from 'vitest'
import { createCalendar } from '../../runtime/time/calendar.ts'
import { TokenMeter } from './token-meter.ts'

const noon = Date.UTC(2026, 10, 23, 12)
const midnight = Date.UTC(2026, 10, 24)
const december = Date.UTC(2026, 11, 1)
const meter = () => new TokenMeter(createCalendar(() => 'UTC'))
const use = (tokens: number, cost = 0) => ({ tokens, cost })

describe('a client token', () => {
  test('without limits is never refused', () => {
    const one = meter()
    for (let call = 0; call < 1000; call += 1) expect(one.begin({}, noon)).toBeUndefined()
  })

  test('may make its requests per minute, and another when the oldest is a minute old', () => {
    const one = meter()
    const limits = { requestsPerMinute: 2 }
    expect(one.begin(limits, noon)).toBeUndefined()
    expect(one.begin(limits, noon + 30_000)).toBeUndefined()
    const refused = one.begin(limits, noon + 31_000)
    expect(refused).toEqual({ limit: 'requestsPerMinute', most: 2, wakesAt: noon + 60_000 })
    expect(one.begin(limits, noon + 60_000)).toBeUndefined()
  })

  test('may make its requests per day, and more after midnight', () => {
    const one = meter()
    const limits = { requestsPerDay: 1 }
    expect(one.begin(limits, noon)).toBeUndefined()
    expect(one.begin(limits, midnight - 1)).toMatchObject({ wakesAt: midnight })
    expect(one.begin(limits, midnight)).toBeUndefined()
  })

  test('is refused when its tokens of the minute or the day are used up, not before', () => {
    const one = meter()
    one.add(use(99), noon)
    expect(one.begin({ tokensPerMinute: 100, tokensPerDay: 100 }, noon)).toBeUndefined()
    one.add(use(1), noon)
    expect(one.begin({ tokensPerMinute: 100 }, noon)).toMatchObject({ wakesAt: noon + 60_000 })
    expect(one.begin({ tokensPerDay: 100 }, noon + 120_000)).toMatchObject({ wakesAt: midnight })
  })

  test('has a budget that lasts a month, across days', () => {
    const one = meter()
    one.add(use(1, 2.5), noon)
    one.add(use(1, 2.5), midnight + 1)
    expect(one.begin({ budgetPerMonth: 5 }, midnight + 1)).toMatchObject({ wakesAt: december })
    expect(one.begin({ budgetPerMonth: 5 }, december)).toBeUndefined()
  })

  test('may have its number of running requests, and another when one has ended', () => {
    const one = meter()
    const limits = { concurrent: 2 }
    one.begin(limits, noon)
    one.begin(limits, noon)
    expect(one.begin(limits, noon)).toEqual({ limit: 'concurrent', most: 2, wakesAt: undefined })
    one.end()
    expect(one.begin(limits, noon)).toBeUndefined()
  })

  test('keeps its counters over a restart', () => {
    const one = meter()
    one.restore({ requestsToday: 9, tokensToday: 5, costThisMonth: 1 }, noon)
    expect(one.begin({ requestsPerDay: 10 }, noon)).toBeUndefined()
    expect(one.begin({ requestsPerDay: 10 }, noon)).toMatchObject({ limit: 'requestsPerDay' })
  })

  test('is not charged for a refused request', () => {
    const one = meter()
    one.begin({ requestsPerDay: 1 }, noon)
    one.begin({ requestsPerDay: 1 }, noon)
    expect(one.counters(noon)).toMatchObject({ requestsToday: 1, running: 1 })
  })
})
