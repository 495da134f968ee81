import { defaultKeyPolicy } from '../keys/key-policy.ts'
import { createKeyEngine, type EngineDeps, type KeyEngine } from '../keys/engine.ts'
import type { Keys } from '../keys/port.ts'
import { buildFleet, type Fleet, type FleetPlan } from './fleet.ts'
import type { Spell } from './faults.ts'
import { createGoogleModel, type GoogleModel } from './google-model.ts'
import { createOracle } from './oracle.ts'
import { play, type PlayLimits } from './player.ts'
import { createQueuedKeys } from './queued-keys.ts'
import { createRandom } from './random.ts'
import { believeRetryDelay } from './rivals/believe-retry-delay.ts'
import { coolFiveSeconds } from './rivals/cool-five-seconds.ts'
import { disableAtThree } from './rivals/disable-at-three.ts'
import type { DayTally } from './tally.ts'
import { arrivals, type TrafficPlan } from './traffic.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

/** All that a run depends on. The same scenario gives the same figures, always. */
export type Scenario = {
  readonly fleet: FleetPlan
  readonly traffic: TrafficPlan
  readonly limits: PlayLimits
  readonly seed: number
  /** A midnight in Los Angeles, so that days of the table are days of Google's quotas. */
  readonly start: number
  readonly days: number
  readonly outages?: readonly Spell[]
}

export type Stage = {
  readonly scenario: Scenario
  readonly clock: VirtualClock
  readonly google: GoogleModel
  readonly fleet: Fleet
}

export type Policy = (stage: Stage) => Keys

type EngineWatch = Pick<EngineDeps, 'onEvent'>

/** The engine as it ships, over the stage's fleet: each key with its project, as an operator gives them. */
export function createEngine(
  { clock, fleet, scenario }: Stage,
  watch: EngineWatch = {},
): KeyEngine {
  const random = createRandom(scenario.seed)
  const keys = createKeyEngine({ clock, random, policy: () => defaultKeyPolicy, ...watch })
  keys.addKeys(
    fleet.keys.map(({ id, secret, project }) => ({
      id,
      secret,
      project: project.id,
      paid: project.tier !== 'free',
    })),
  )
  return keys
}

export const policies = {
  'Gemini Balance': (stage) => createEngine(stage),
  'believe retryDelay': ({ fleet, clock }) =>
    createQueuedKeys(believeRetryDelay(fleet.keys), clock),
  'cool 5 s': ({ fleet, clock }) => createQueuedKeys(coolFiveSeconds(fleet.keys), clock),
  'disable at 3': ({ fleet, clock }) => createQueuedKeys(disableAtThree(fleet.keys), clock),
} as const satisfies Record<string, Policy>

export const oracle: Policy = ({ google, clock }) => createQueuedKeys(createOracle(google), clock)

/** The gateway's defaults. */
export const defaultLimits: PlayLimits = {
  maxRetries: 3,
  maxKeySwitches: 32,
  queueMaxWaitMs: 3000,
  deadlineMs: 300_000,
}

/** 23 November 2026, 00:00 in Los Angeles. */
export const defaultStart = Date.UTC(2026, 10, 23, 8)

/** Room that has lasted for a second and a half is beyond doubt: longer than guards and jitter hold a lane back. */
const stretchMs = 1500
const dayMs = 86_400_000

/** Sets a stage of its own for each policy: the same fleet, arrivals and faults, and books of its own at Google. */
export function setStage(scenario: Scenario): Stage {
  const { seed, start, days } = scenario
  const fleet = buildFleet(scenario.fleet, seed)
  const google = createGoogleModel(fleet, {
    seed,
    start,
    durationMs: days * dayMs,
    faults: scenario.traffic.faults,
    outages: scenario.outages ?? [],
    stretchMs,
  })
  return { scenario, clock: createVirtualClock(start), google, fleet }
}

export async function playScenario(scenario: Scenario, policy: Policy): Promise<DayTally[]> {
  const stage = setStage(scenario)
  return playOn(stage, policy(stage))
}

export async function playOn(stage: Stage, keys: Keys): Promise<DayTally[]> {
  const { scenario, clock, google, fleet } = stage
  const { seed, start, limits, days } = scenario
  const traffic = arrivals(fleet, scenario.traffic, { seed, start, durationMs: days * dayMs })
  return play({ clock, keys, google, limits, start }, traffic)
}
