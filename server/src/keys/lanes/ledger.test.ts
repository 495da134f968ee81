import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { Ledger } from './ledger.ts'
import { noLimits, type Limits } from './limits.ts'
import { pacificCalendar } from '../../runtime/time/calendar.ts'

const start = Date.UTC(2026, 8, 19, 18)
const midnight = Date.UTC(2026, 8, 20, 7)

function ledgerWith(limits: Partial<Limits>, guardMs = 0): Ledger {
  const ledger = new Ledger({ pacific: pacificCalendar, guardMs: () => guardMs })
  ledger.limits = { ...noLimits, ...limits }
  return ledger
}

describe('the rolling minute', () => {
  test('a call fits again when the oldest is a minute old, not before', () => {
    const ledger = ledgerWith({ minuteRequests: 2 })
    ledger.record(start, 1)
    ledger.record(start + 10_000, 1)
    expect(ledger.opensAt(start + 20_000, 1)).toBe(start + 60_000)
    expect(ledger.opensAt(start + 59_999, 1)).toBe(start + 60_000)
    expect(ledger.opensAt(start + 60_000, 1)).toBe(start + 60_000)
  })

  test('the guard keeps a call counted a little longer than Google does', () => {
    const ledger = ledgerWith({ minuteRequests: 1 }, 250)
    ledger.record(start, 1)
    expect(ledger.opensAt(start + 1, 1)).toBe(start + 60_250)
  })

  test('tokens return call by call, as many as the request needs', () => {
    const ledger = ledgerWith({ minuteTokens: 100 })
    ledger.record(start, 60)
    ledger.record(start + 1000, 40)
    expect(ledger.opensAt(start + 2000, 50)).toBe(start + 60_000)
    expect(ledger.opensAt(start + 2000, 70)).toBe(start + 61_000)
  })

  test('a request larger than the limit never fits', () => {
    expect(ledgerWith({ minuteTokens: 100 }).opensAt(start, 101)).toBe(Infinity)
    expect(ledgerWith({ dayTokens: 100 }).opensAt(start, 101)).toBe(Infinity)
  })

  test('what Google did not count is given back', () => {
    const ledger = ledgerWith({ minuteRequests: 1, dayRequests: 1 })
    const note = ledger.record(start, 10)
    ledger.correct(note, { requests: -1, tokens: -10 })
    expect(ledger.opensAt(start, 1)).toBe(start)
    expect(ledger.counts(start)).toMatchObject({ minuteTokens: 0, dayRequests: 0, dayTokens: 0 })
  })

  test('the estimate is replaced by what Google counted', () => {
    const ledger = ledgerWith({ minuteTokens: 100 })
    const note = ledger.record(start, 10)
    ledger.correct(note, { requests: 0, tokens: 80 })
    expect(ledger.tokensLeft(start)).toBe(10)
  })

  test('a correction that comes after the minute changes the day alone', () => {
    const ledger = ledgerWith({ minuteTokens: 100 })
    const note = ledger.record(start, 10)
    ledger.roll(start + 60_000)
    ledger.correct(note, { requests: 0, tokens: 5 })
    expect(ledger.counts(start + 60_000)).toMatchObject({ minuteTokens: 0, dayTokens: 15 })
  })

  test('a busy lane is counted exactly or late, never early, in a bounded number of moments', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 600 }), (gaps) => {
        const ledger = ledgerWith({ minuteRequests: 1 })
        const sent: number[] = []
        let now = start
        for (const gap of gaps) {
          now += gap
          ledger.record(now, 1)
          sent.push(now)
        }
        const inWindow = sent.filter((at) => now - at < 60_000).length
        const lately = sent.filter((at) => now - at < 60_250).length
        const { minuteRequests } = ledger.counts(now)
        expect(minuteRequests).toBeGreaterThanOrEqual(inWindow)
        expect(minuteRequests).toBeLessThanOrEqual(lately)
        expect(ledger.moments).toBeLessThanOrEqual(300)
      }),
    )
  })
})

describe('the Pacific day', () => {
  test('an exhausted day opens at midnight in Los Angeles', () => {
    const ledger = ledgerWith({ dayRequests: 1 })
    ledger.record(start, 1)
    expect(ledger.opensAt(start, 1)).toBe(midnight)
    expect(ledger.opensAt(midnight, 1)).toBe(midnight)
  })

  test('the guard moves our midnight behind that of Google', () => {
    const ledger = ledgerWith({ dayRequests: 1 }, 250)
    ledger.record(start, 1)
    expect(ledger.opensAt(midnight, 1)).toBe(midnight + 250)
  })

  test('a correction from yesterday does not touch today', () => {
    const ledger = ledgerWith({ dayRequests: 5 })
    const note = ledger.record(midnight - 1, 1)
    ledger.record(midnight, 1)
    ledger.correct(note, { requests: -1, tokens: -1 })
    expect(ledger.counts(midnight).dayRequests).toBe(1)
  })

  test('counts survive a restart on the same day, and not into the next', () => {
    const before = ledgerWith({})
    before.record(start, 7)
    const counts = before.counts(start)
    const same = ledgerWith({})
    same.restore(start + 1000, counts)
    expect(same.counts(start + 1000)).toMatchObject({ minuteRequests: 1, dayTokens: 7 })
    const next = ledgerWith({})
    next.restore(midnight, counts)
    expect(next.counts(midnight)).toMatchObject({ minuteRequests: 0, dayRequests: 0 })
  })
})
