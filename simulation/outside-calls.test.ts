import { describe, expect, test } from 'vitest'
import { defaultFleetPlan } from './default-plan.ts'
import type { SharingPlan } from './fleet.ts'
import { LaneUsage } from './lane-usage.ts'
import { outsideCalls, type OutsideCall } from './outside-calls.ts'
import { defaultStart as start } from './scenario.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const [model] = defaultFleetPlan.models
const quota = { requestsPerMinute: 60, tokensPerMinute: 1_000_000, requestsPerDay: 600 }

function callsOf(plan: Partial<SharingPlan>, days = 1, project = 1): OutsideCall[] {
  if (model === undefined) throw new Error('The default plan has no models.')
  const sharing = { projectShare: 1, quotaShare: 0.5, hoursPerDay: 8, ...plan }
  const calls = outsideCalls(sharing, { quota, model, start, seeds: { project, lane: 7 } })?.calls
  const taken: OutsideCall[] = []
  if (!calls) return taken
  for (let next = calls.next(); !next.done; next = calls.next()) {
    if (next.value.at >= start + days * dayMs) break
    taken.push(next.value)
  }
  return taken
}

describe('other programs in a project', () => {
  test('spend about their share of the day quota, in their hours, in order of time', () => {
    const days = 20
    const calls = callsOf({}, days)
    const perDay = calls.length / days
    expect(perDay).toBeGreaterThan(240)
    expect(perDay).toBeLessThan(360)
    const hours = calls.map(({ at }) => ((at - start) % dayMs) / hourMs)
    expect(Math.max(...hours) - Math.min(...hours)).toBeLessThanOrEqual(8)
    expect(calls.map(({ at }) => at)).toEqual(calls.map(({ at }) => at).toSorted((a, b) => a - b))
  })

  test('spend their share of the minute quota in each of their minutes', () => {
    const perMinute = new Map<number, number>()
    const calls = callsOf({})
    const from = calls[0]?.at ?? 0
    for (const { at } of calls) {
      const minute = Math.floor((at - from) / 60_000 + 0.01)
      perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1)
    }
    expect(new Set(perMinute.values())).toEqual(new Set([30]))
  })

  test('are foreseen until midnight', () => {
    if (model === undefined) throw new Error('The default plan has no models.')
    const sharing = { projectShare: 1, quotaShare: 0.5, hoursPerDay: 8 }
    const lane = { quota, model, start, seeds: { project: 1, lane: 7 } }
    const toCome = [0, 23.99, 24].map((hour) =>
      outsideCalls(sharing, lane)?.toCome(start + hour * hourMs),
    )
    expect(toCome).toEqual([300, 0, 300])
    for (let hour = 0; hour < 47; hour += 0.5) {
      const at = start + hour * hourMs
      if (hour === 23.5) continue
      const [now, later] = [at, at + hourMs / 2].map((when) =>
        outsideCalls(sharing, lane)?.toCome(when),
      )
      expect(later).toBeLessThanOrEqual(now ?? 0)
    }
  })

  test('use the share of projects that the plan gives', () => {
    expect(callsOf({ projectShare: 0 })).toEqual([])
    const used = Array.from({ length: 400 }, (_, index) =>
      callsOf({ projectShare: 0.25, hoursPerDay: 24 }, 0.1, index * 6151),
    )
    const share = used.filter((calls) => calls.length > 0).length / used.length
    expect(share).toBeGreaterThan(0.18)
    expect(share).toBeLessThan(0.32)
  })
})

describe('a lane that others use', () => {
  const dayEnd = start + dayMs
  const small = { requestsPerMinute: 2, tokensPerMinute: 1000, requestsPerDay: 4 }
  const others = (...times: readonly number[]) => ({
    calls: times.map((ms) => ({ at: start + ms, dayEnd, tokens: 10 })).values(),
    toCome: () => 0,
  })

  test('counts the calls that others have made, and not those that they will make', () => {
    const lane = new LaneUsage(small, 1500, { outside: others(100, 200, 90_000) })
    expect(lane.exceeded(start + 150, dayEnd, 1)).toEqual([])
    expect(lane.exceeded(start + 200, dayEnd, 1)).toEqual([
      { unit: 'requests', window: 'minute', limit: 2, returnsAt: start + 60_100 },
    ])
    expect(lane.opensAt(start + 200, dayEnd, 1)).toBe(start + 60_100)
  })

  test('refuses the calls of others that exceed its quotas', () => {
    const lane = new LaneUsage(small, 1500, { outside: others(0, 1, 2, 3, 4, 5) })
    expect(lane.dayUsedShare(start + 10, dayEnd)).toBe(0.5)
  })

  test('counts what others did before midnight for the day before', () => {
    const lane = new LaneUsage(small, 1500, { outside: others(dayMs - 300, dayMs - 200) })
    expect(lane.dayUsedShare(dayEnd + 1, dayEnd + dayMs)).toBe(0)
    expect(lane.exceeded(dayEnd + 1, dayEnd + dayMs, 1).map(({ window }) => window)).toEqual([
      'minute',
    ])
  })
})
