import { defaultKeyPolicy } from '../server/src/keys/policy.ts'
import { createKeyEngine, type EngineDeps } from '../server/src/keys/engine.ts'
import type { Outcome } from '../server/src/google/outcome.ts'
import type { KeyId, Keys } from '../server/src/keys/types.ts'
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
  /** How many promises the player must wait for between two events. */
  readonly promises: { open: number }
}

export type Policy = (stage: Stage) => Keys

export type ProbeWatch = {
  leaves(key: KeyId): void
  ends(key: KeyId, outcome: Outcome): void
}
type EngineWatch = Pick<EngineDeps, 'onEvent'> & { readonly probes?: ProbeWatch }

const shippedPolicy = () => defaultKeyPolicy

/** The engine as it ships, with its probes and its pool, over the stage's fleet: each key with its project, as an operator gives them. */
export function createEngine(stage: Stage, watch: EngineWatch = {}): Keys {
  const { clock, fleet, scenario } = stage
  const random = createRandom(scenario.seed)
  const engine = createKeyEngine({ clock, random, policy: shippedPolicy, ...watch })
  engine.control.addKeys(
    fleet.keys.map(({ id, secret, project }) => ({
      id,
      secret,
      project: project.id,
      paid: project.tier !== 'free',
    })),
  )
  engine.startChecks(probeOf(stage, watch))
  return engine.keys
}

/** `countTokens`, as the server's own upkeep calls it. */
function probeOf({ clock, google, promises }: Stage, { probes }: EngineWatch) {
  return (key: KeyId) =>
    new Promise<Outcome>((resolve) => {
      promises.open += 1
      probes?.leaves(key)
      const answersAt = clock.now() + probeLatencyMs
      clock.at(answersAt, () => {
        const outcome = google.probe(key, answersAt)
        probes?.ends(key, outcome)
        resolve(outcome)
      })
      // What follows from the answer is drawn in microtasks, which the player lets run while a promise is open.
      clock.at(answersAt + 1, () => (promises.open -= 1))
    })
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
const probeLatencyMs = 300
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
  return { scenario, clock: createVirtualClock(start), google, fleet, promises: { open: 0 } }
}

export async function playScenario(scenario: Scenario, policy: Policy): Promise<DayTally[]> {
  const stage = setStage(scenario)
  return playOn(stage, policy(stage))
}

export async function playOn(stage: Stage, keys: Keys): Promise<DayTally[]> {
  const { scenario, clock, google, fleet, promises } = stage
  const { seed, start, limits, days } = scenario
  const traffic = arrivals(fleet, scenario.traffic, { seed, start, durationMs: days * dayMs })
  return play({ clock, keys, google, limits, start, promises }, traffic)
}
