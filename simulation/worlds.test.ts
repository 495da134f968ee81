import { describe, expect, test } from 'vitest'
import { defaultFleetPlan } from './default-plan.ts'
import { buildFleet } from './fleet.ts'
import { figuresOf } from './report.ts'
import { createSimulation, oracle, playScenario } from './scenario.ts'
import { scenarioOf } from './testing/fleets.ts'
import { arrivals } from './traffic.ts'
import { missedGoals, worldNamed, worldNames, worlds } from './worlds.ts'

const goals = { ofOracle: 0.995, wastedEarly: 0.05, wastedLearning: 0.01, wastedLater: 0.002 }
const perfect = figuresOf({ policy: 'any', days: [] }, 0)

describe('the goals of a world', () => {
  test('are missed by name, and met where a figure equals its goal', () => {
    const just = { ...perfect, ...goals }
    expect(missedGoals(goals, just)).toEqual([])
    expect(missedGoals(goals, { ...just, ofOracle: 0.99 })).toEqual([
      'of the oracle 99.00 %, at least 99.50 %',
    ])
    const late = { ...just, wastedEarly: 0.06, wastedLearning: 0.02, wastedLater: 0.01 }
    expect(missedGoals(goals, late)).toEqual([
      'wasted in two minutes 6.00 %, at most 5.00 %',
      'wasted on day 1 2.00 %, at most 1.00 %',
      'wasted after 1.00 %, at most 0.20 %',
    ])
    expect(missedGoals(goals, { ...just, avoidableErrors: 1 })).toHaveLength(1)
  })

  test('do not speak of days that were not simulated', () => {
    expect(missedGoals(goals, { ...perfect, ...goals, wastedLater: undefined })).toEqual([])
  })
})

describe('the worlds', () => {
  test('are known by their names', () => {
    for (const name of worldNames) expect(worldNamed(name)).toBe(worlds[name])
    expect(() => worldNamed('toString')).toThrow('--world takes unknown')
  })

  test('give each project two to five keys where they say so', () => {
    const plan = { ...defaultFleetPlan, ...worlds['many-keys'].fleet }
    const { keys, projects } = buildFleet(plan, 3)
    const sizes = projects.map((project) => keys.filter((key) => key.project === project).length)
    expect(Math.min(...sizes)).toBe(2)
    expect(Math.max(...sizes)).toBe(5)
    expect(keys).toHaveLength(200)
  })

  test('ask a minute of quotas at once in a cold start', () => {
    const base = scenarioOf({ keys: 40, load: 0.1, seed: 3 })
    const { fleet } = createSimulation(base)
    const inFirstMinute = (coldStart: number) => {
      const span = { seed: 3, start: base.start, durationMs: 60_000 }
      return [...arrivals(fleet, { ...base.traffic, coldStart }, span)].map(
        ({ at }) => at - base.start,
      )
    }
    const usual = inFirstMinute(0)
    const cold = inFirstMinute(1)
    expect(cold.length).toBeGreaterThan(usual.length + 200)
    expect(cold.filter((ms) => ms < 8000).length / cold.length).toBeGreaterThan(0.45)
    expect(cold).toEqual(cold.toSorted((a, b) => a - b))
  })

  test.each(['noon', 'shared', 'cold-start'] as const)(
    'let an oracle see what it must know (%s)',
    async (name) => {
      const base = scenarioOf({ keys: 30, load: 1, seed: 5 })
      const world = worldNamed(name)
      const scenario = {
        ...base,
        fleet: { ...base.fleet, ...world.fleet, keys: 30, projects: 12 },
        traffic: { ...base.traffic, ...world.traffic },
      }
      const days = await playScenario(scenario, oracle)
      const { wasted, avoidable, calls } = figuresOf({ policy: 'oracle', days }, 1)
      expect(avoidable).toEqual({})
      // A call of others may arrive while one of ours is on its way.
      expect(wasted['quota-spent'] ?? 0).toBeLessThan(0.001 * calls)
    },
  )
})
