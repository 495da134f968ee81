import { defaultFleetPlan, defaultTrafficPlan } from '../default-plan.ts'
import { noFaults } from '../faults.ts'
import { buildFleet, capacityPerDay, type FleetPlan, type ModelPlan, type Quota } from '../fleet.ts'
import { createRandom } from '../random.ts'
import { defaultLimits, defaultStart, knowledges, type Scenario } from '../scenario.ts'
import { worldNamed, worldNames, type WorldName } from '../worlds.ts'

export type DrawnFleet = { readonly world: WorldName; readonly scenario: Scenario }

/** Requests of a fleet, so that thousands of fleets are played in minutes. */
const mostRequests = 1500
const shortestDays = 0.01
const dayMs = 86_400_000
const hourMs = 3_600_000

/** A small random fleet in a random world. The same seed draws the same one. */
export function drawFleet(seed: number): DrawnFleet {
  const random = createRandom(seed)
  const one = <T>(...choices: readonly [T, ...T[]]): T =>
    choices[Math.floor(random() * choices.length)] ?? choices[0]
  const integer = (from: number, to: number) => from + Math.floor(random() * (to - from + 1))

  const world = worldNames[integer(0, worldNames.length - 1)] ?? 'unknown'
  const changed = worldNamed(world)
  const base: FleetPlan = { ...defaultFleetPlan, ...changed.fleet }
  const keys = integer(1, 16)
  const paid = one(0, 0.1, 0.5)
  const days = one(0.02, 0.1, 0.3, 1.1, 2.1)
  const quotaFactor = one(1, 1, 0.2)
  const beforeMidnightMs = one(0, hourMs, 3 * hourMs)
  const fleet: FleetPlan = {
    ...base,
    keys,
    projects: Math.ceil(keys / Math.max(base.fewestKeysPerProject, integer(1, 4))),
    tiers: { free: 1 - paid, 'tier-1': paid * 0.75, 'tier-2': paid * 0.25 },
    deadShare: one(0, 0.05, 0.3),
    models: base.models.slice(0, integer(1, 5)).map((model) => withQuotas(model, quotaFactor)),
    limitChangeHour: Math.max(0.1, random() * days * 24),
    sharing: { ...base.sharing, hoursPerDay: one(2, 8, 24) },
  }
  const load = 0.3 + random() * 2.2
  const faults = one(defaultTrafficPlan.faults, defaultTrafficPlan.faults, noFaults)
  return {
    world,
    scenario: {
      fleet,
      traffic: { ...defaultTrafficPlan, ...changed.traffic, load, faults },
      limits: defaultLimits,
      seed,
      start: defaultStart + (beforeMidnightMs > 0 ? dayMs - beforeMidnightMs : 0),
      days: affordableDays(fleet, { seed, load, days }),
      knowledge: one(...knowledges),
    },
  }
}

/** Small quotas let a fleet live for days on few requests. */
function withQuotas(model: ModelPlan, factor: number): ModelPlan {
  const { free, 'tier-1': first, 'tier-2': second } = model.quotas
  const scaled = (quota: Quota | 'none') =>
    quota === 'none'
      ? quota
      : {
          requestsPerMinute: Math.ceil(quota.requestsPerMinute * factor),
          tokensPerMinute: quota.tokensPerMinute,
          requestsPerDay: Math.ceil(quota.requestsPerDay * factor),
        }
  const quotas = { free: scaled(free), 'tier-1': scaled(first), 'tier-2': scaled(second) }
  return { ...model, quotas }
}

type Span = { readonly seed: number; readonly load: number; readonly days: number }

function affordableDays(plan: FleetPlan, { seed, load, days }: Span): number {
  const fleet = buildFleet(plan, seed)
  const perDay = plan.models.reduce((sum, model) => sum + capacityPerDay(fleet, model), 0) * load
  return Math.min(days, Math.max(shortestDays, mostRequests / Math.max(1, perDay)))
}
