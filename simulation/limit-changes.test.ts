import { describe, expect, test } from 'vitest'
import { defaultFleetPlan } from './default-plan.ts'
import { LaneUsage } from './lane-usage.ts'
import { limitChanges } from './limit-changes.ts'
import { defaultStart as start } from './scenario.ts'

const [model] = defaultFleetPlan.models
const quota = { requestsPerMinute: 10, tokensPerMinute: 1000, requestsPerDay: 4 }
const hourMs = 3_600_000
const dayEnd = start + 24 * hourMs

/** As Google does: it looks, and counts what fits. */
function call(lane: LaneUsage, at: number): void {
  expect(lane.exceeded(at, dayEnd, 1)).toEqual([])
  lane.count(at, 1)
}

function changesBy(factor: number) {
  if (model === undefined) throw new Error('The default plan has no models.')
  const limitFactors = { free: factor, 'tier-1': 1, 'tier-2': 1 }
  const changed = { ...model, limitFactors }
  return limitChanges({ quota, model: changed, tier: 'free', hour: 12, start })
}

describe('changing limits', () => {
  test('change at the hour of the first day and are back a day later', () => {
    const limitsAt = changesBy(0.5)
    const perDay = [0, 11.9, 12, 24, 35.9, 36, 60].map(
      (hour) => limitsAt?.(start + hour * hourMs).quota.requestsPerDay,
    )
    expect(perDay).toEqual([4, 4, 2, 2, 2, 4, 2])
  })

  test('hold until the time they name', () => {
    const limitsAt = changesBy(2)
    for (let hour = 0; hour < 80; hour += 0.25) {
      const at = start + hour * hourMs
      const limits = limitsAt?.(at)
      expect(limits?.until).toBeGreaterThan(at)
      expect(limitsAt?.((limits?.until ?? 0) - 1)).toEqual(limits)
    }
  })

  test('are none where the factor is 1', () => {
    expect(changesBy(1)).toBeUndefined()
  })

  test('close a lane that used more, and open one that used all', () => {
    const lowered = new LaneUsage(quota, 1500, { limitsAt: changesBy(0.5) })
    const raised = new LaneUsage(quota, 1500, { limitsAt: changesBy(2) })
    for (let ms = 0; ms < 4; ms += 1) call(raised, start + ms)
    for (let ms = 0; ms < 3; ms += 1) call(lowered, start + ms)
    const noon = start + 12 * hourMs
    expect(lowered.opensAt(noon - 1, dayEnd, 1)).toBe(noon - 1)
    expect(lowered.opensAt(noon, dayEnd, 1)).toBe(dayEnd)
    expect(raised.opensAt(noon - 1, dayEnd, 1)).toBe(noon)
    expect(raised.opensAt(noon, dayEnd, 1)).toBe(noon)
  })

  test('are not room that a policy must know of before the next day', () => {
    const lane = new LaneUsage(quota, 1500, { limitsAt: changesBy(2) })
    for (let ms = 0; ms < 4; ms += 1) call(lane, start + ms)
    const noon = start + 12 * hourMs
    expect(lane.opensAt(noon, dayEnd, 1)).toBe(noon)
    expect(lane.conservativeOpensAt(noon, dayEnd, 1)).toBe(dayEnd)
    const nextDayEnd = dayEnd + 24 * hourMs
    expect(lane.conservativeOpensAt(dayEnd, nextDayEnd, 1)).toBe(dayEnd)
  })
})
