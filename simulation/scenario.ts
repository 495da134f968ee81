import { defaultKeyPolicy } from '../server/src/keys/policy.ts'
import { createKeyEngine, type EngineDeps } from '../server/src/keys/engine.ts'
import type { Outcome } from '../server/src/google/outcome.ts'
import type { Clock } from '../server/src/runtime/time/clock.ts'
import type { KeyId, Keys } from '../server/src/keys/types.ts'
import { buildFleet, type Fleet, type FleetPlan } from './fleet.ts'
import type { Period } from './faults.ts'
import { googleFiles } from './google-files.ts'
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

/** What the engine knows of projects: the operator's labels, what files show, or nothing. */
export const knowledges = ['labels', 'files', 'nothing'] as const
export type Knowledge = (typeof knowledges)[number]

/** The same scenario always gives the same figures. */
export type Scenario = {
  readonly fleet: FleetPlan
  readonly traffic: TrafficPlan
  readonly limits: PlayLimits
  readonly seed: number
  /** A midnight in Los Angeles, so that days are those of Google's quotas. */
  readonly start: number
  readonly days: number
  readonly outages?: readonly Period[]
  readonly knowledge: Knowledge
}

export type Simulation = {
  readonly scenario: Scenario
  readonly clock: VirtualClock
  readonly google: GoogleModel
  readonly fleet: Fleet
  /** Number of promises that `play` must wait for between two events, and whether a timer may have resolved one. */
  readonly promises: { open: number; woken: boolean }
}

export type Policy = (simulation: Simulation) => Keys

export type ProbeObserver = {
  started(key: KeyId): void
  finished(key: KeyId, outcome: Outcome): void
}
type EngineObserver = Pick<EngineDeps, 'onEvent'> & { readonly probes?: ProbeObserver }

const shippedPolicy = () => defaultKeyPolicy

/** The real engine with its default policy and background checks. */
export function createEngine(simulation: Simulation, observer: EngineObserver = {}): Keys {
  const { fleet, scenario } = simulation
  const clock = noticingClock(simulation)
  const random = createRandom(scenario.seed)
  const engine = createKeyEngine({ clock, random, policy: shippedPolicy, ...observer })
  engine.control.addKeys(
    fleet.keys.map(({ id, secret, project }) => ({
      id,
      secret,
      ...(scenario.knowledge === 'labels' && {
        project: project.id,
        paid: project.tier !== 'free',
      }),
    })),
  )
  const files = scenario.knowledge === 'files' ? googleFiles(simulation) : undefined
  engine.startChecks(probeOf(simulation, observer), files)
  return engine.keys
}

/** The engine pauses by promises that its timers resolve. */
function noticingClock({ clock, promises }: Simulation): Clock {
  return {
    now: clock.now,
    at: (at, wake) =>
      clock.at(at, () => {
        promises.woken = true
        wake()
      }),
  }
}

/** The probe of the background checks. */
function probeOf({ clock, google, promises }: Simulation, { probes }: EngineObserver) {
  return (key: KeyId) =>
    new Promise<Outcome>((resolve) => {
      promises.open += 1
      probes?.started(key)
      const answersAt = clock.now() + probeLatencyMs
      clock.at(answersAt, () => {
        const outcome = google.probe(key, answersAt)
        probes?.finished(key, outcome)
        resolve(outcome)
      })
      // The engine handles the answer in microtasks; `play` lets them run while a promise is open.
      clock.at(answersAt + 1, () => (promises.open -= 1))
    })
}

export const policies = {
  'Gemini Balance': (simulation) => createEngine(simulation),
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

/** Longer than the engine's safety margins and jitter keep a lane closed. */
const stretchMs = 1500
const probeLatencyMs = 300
const dayMs = 86_400_000

/** Each policy gets its own, with the same fleet, requests and faults. */
export function createSimulation(scenario: Scenario): Simulation {
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
  return {
    scenario,
    clock: createVirtualClock(start),
    google,
    fleet,
    promises: { open: 0, woken: false },
  }
}

export async function playScenario(scenario: Scenario, policy: Policy): Promise<DayTally[]> {
  const simulation = createSimulation(scenario)
  return playSimulation(simulation, policy(simulation))
}

export async function playSimulation(simulation: Simulation, keys: Keys): Promise<DayTally[]> {
  const { scenario, clock, google, fleet, promises } = simulation
  const { seed, start, limits, days } = scenario
  const traffic = arrivals(fleet, scenario.traffic, { seed, start, durationMs: days * dayMs })
  return play({ clock, keys, google, limits, start, promises }, traffic)
}
