import { describe, expect, test } from 'vitest'
import { quotaOf } from './fleet.ts'
import { figuresOf } from './report.ts'
import { oracle, playScenario, createSimulation, type Scenario } from './scenario.ts'
import { dayMs, scenarioOf } from './testing/fleets.ts'
import { arrivals } from './traffic.ts'

/**
 * An upper bound: for each model and day, the smaller of the arrivals and the sum of the daily quotas of all lanes alive. Without
 * the limits per minute and of tokens, which would only lower it.
 */
function bound(scenario: Scenario): number {
  const { fleet } = createSimulation(scenario)
  const { start, days, seed, traffic } = scenario
  const arrived = new Map<string, number>()
  for (const { model, at } of arrivals(fleet, traffic, { seed, start, durationMs: days * dayMs })) {
    const untilMidnightMs = dayMs - ((at - start) % dayMs)
    // A request just before midnight may be served just after it.
    const bin = untilMidnightMs < 4000 ? '' : `${model} ${Math.floor((at - start) / dayMs)}`
    arrived.set(bin, (arrived.get(bin) ?? 0) + 1)
  }
  const alive = new Set(fleet.keys.filter((key) => !key.failure).map(({ project }) => project))
  let sum = arrived.get('') ?? 0
  arrived.delete('')
  for (const [bin, count] of arrived) {
    const model = fleet.plan.models.find(({ name }) => bin.startsWith(`${name} `))
    let quota = 0
    for (const project of alive) {
      if (model === undefined || project.closedModels.has(model.name)) continue
      const own = quotaOf(model, project)
      quota += own === 'none' ? 0 : own.requestsPerDay
    }
    sum += Math.min(count, quota)
  }
  return sum
}

describe('the oracle', () => {
  const sizes = [
    { keys: 10, load: 1, seed: 21 },
    { keys: 40, load: 0.5, seed: 22 },
    { keys: 40, load: 1, seed: 23 },
    { keys: 120, load: 1.5, seed: 24 },
  ]
  test.each(sizes)(
    'is within 2 % of an upper bound, with $keys keys at load $load (seed $seed)',
    async (size) => {
      const base = scenarioOf({ ...size, days: 1, faults: false })
      const scenario = { ...base, fleet: { ...base.fleet, deadShare: 0 } }
      const days = await playScenario(scenario, oracle)
      const { answers } = figuresOf({ policy: 'oracle', days }, 1)
      const most = bound(scenario)
      expect(answers).toBeLessThanOrEqual(most)
      expect(answers).toBeGreaterThanOrEqual(0.98 * most)
    },
  )

  test('wastes no call and refuses no request that a lane has room for', async () => {
    const days = await playScenario(scenarioOf({ keys: 60, load: 1.5, seed: 25 }), oracle)
    const { wasted, avoidable } = figuresOf({ policy: 'oracle', days }, 1)
    expect(avoidable).toEqual({})
    // It cannot foresee a 429 without a reason.
    expect(Object.keys(wasted).filter((verdict) => verdict !== 'quota-unknown')).toEqual([])
  })
})
