import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LaneUsage } from './lane-usage.ts'

const quota = { requestsPerMinute: 3, tokensPerMinute: 100, requestsPerDay: 20 }
const dayEnd = 10_000_000
const calls = fc.array(
  fc.record({
    gapMs: fc.integer({ min: 0, max: 40_000 }),
    tokens: fc.integer({ min: 1, max: 60 }),
  }),
  { maxLength: 80 },
)

describe('a lane', () => {
  test('accepts only what fits the rolling minute and the day', () => {
    fc.assert(
      fc.property(calls, (sequence) => {
        const lane = new LaneUsage(quota, 1500)
        const counted: { at: number; tokens: number }[] = []
        let now = 0
        for (const { gapMs, tokens } of sequence) {
          now += gapMs
          const minute = counted.filter(({ at }) => at + 60_000 > now)
          const used = minute.reduce((sum, call) => sum + call.tokens, 0)
          const fits = minute.length < 3 && used + tokens <= 100 && counted.length < 20
          expect(lane.exceeded(now, dayEnd, tokens).length === 0).toBe(fits)
          if (!fits) continue
          lane.count(now, tokens)
          counted.push({ at: now, tokens })
        }
      }),
    )
  })

  test('knows to the millisecond when the next call fits', () => {
    fc.assert(
      fc.property(calls, (sequence) => {
        const lane = new LaneUsage(quota, 1500)
        let now = 0
        for (const { gapMs, tokens } of sequence) {
          now += gapMs
          const opensAt = lane.opensAt(now, dayEnd, tokens)
          if (opensAt === dayEnd) break
          if (opensAt > now) expect(lane.exceeded(opensAt - 1, dayEnd, tokens)).not.toEqual([])
          expect(lane.exceeded(opensAt, dayEnd, tokens)).toEqual([])
          now = opensAt
          lane.count(now, tokens)
        }
      }),
    )
  })

  test('is unused when a new day begins', () => {
    const lane = new LaneUsage({ ...quota, requestsPerDay: 1 }, 1500)
    expect(lane.exceeded(0, 100_000, 1)).toEqual([])
    lane.count(0, 1)
    expect(lane.exceeded(90_000, 100_000, 1)).toEqual([
      { unit: 'requests', window: 'day', limit: 1, returnsAt: 100_000 },
    ])
    expect(lane.exceeded(100_000, 200_000, 1)).toEqual([])
  })

  test('counts calls in transit as used until they arrive', () => {
    const lane = new LaneUsage({ ...quota, requestsPerMinute: 1 }, 1500)
    lane.transitRequests = 1
    expect(lane.opensAt(0, dayEnd, 1)).toBeGreaterThan(0)
    lane.transitRequests = 0
    expect(lane.opensAt(0, dayEnd, 1)).toBe(0)
  })
})
