import * as fc from 'fast-check'
import { defaultFleetPlan, defaultTrafficPlan } from '../default-plan.ts'
import { noFaults } from '../faults.ts'
import { defaultLimits, defaultStart, type Knowledge, type Scenario } from '../scenario.ts'

export const dayMs = 86_400_000

export function scenarioOf(given: {
  readonly keys: number
  readonly projects?: number
  readonly load?: number
  readonly days?: number
  readonly seed?: number
  readonly models?: number
  readonly faults?: boolean
  readonly knowledge?: Knowledge
}): Scenario {
  const { keys, projects = Math.ceil(keys * 0.4), load = 1, days = 2, seed = 1 } = given
  const models = defaultFleetPlan.models.slice(0, given.models ?? 5)
  const faults = given.faults === false ? noFaults : defaultTrafficPlan.faults
  return {
    fleet: { ...defaultFleetPlan, keys, projects, models },
    traffic: { ...defaultTrafficPlan, load, faults },
    limits: defaultLimits,
    seed,
    start: defaultStart,
    days,
    knowledge: given.knowledge ?? 'labels',
  }
}

/** Small random fleets. */
export const smallScenario: fc.Arbitrary<Scenario> = fc
  .record({
    keys: fc.integer({ min: 3, max: 16 }),
    keysPerProject: fc.integer({ min: 1, max: 4 }),
    load: fc.double({ min: 0.3, max: 2.5, noNaN: true }),
    days: fc.constantFrom(0.1, 0.3, 1.1),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    models: fc.integer({ min: 1, max: 5 }),
    paidShare: fc.constantFrom(0, 0.1, 0.5),
    deadShare: fc.constantFrom(0, 0.05, 0.3),
  })
  .map(({ keysPerProject, paidShare, deadShare, ...given }) => {
    const projects = Math.ceil(given.keys / keysPerProject)
    const scenario = scenarioOf({ ...given, projects })
    const tiers = { free: 1 - paidShare, 'tier-1': paidShare, 'tier-2': 0 }
    return { ...scenario, fleet: { ...scenario.fleet, tiers, deadShare } }
  })
