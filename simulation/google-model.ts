import type { Outcome } from '../server/src/google/outcome.ts'
import { pacificCalendar } from '../server/src/runtime/time/calendar.ts'
import type { KeyId } from '../server/src/keys/types.ts'
import { callFault, planSpells, spellAt, type FaultPlan, type Spell } from './faults.ts'
import {
  isAiling,
  quotaOf,
  type Fleet,
  type FleetKey,
  type FleetProject,
  type ModelPlan,
} from './fleet.ts'
import {
  answered,
  closedModel,
  failed,
  keyRefused,
  projectRefused,
  quotaSpent,
  quotaZero,
  unknown429,
} from './google-words.ts'
import { LaneTruth } from './lane-truth.ts'
import { chance, normal } from './random.ts'

export type SimulatedCall = {
  readonly key: KeyId
  readonly model: string
  readonly inputTokens: number
  /** Index of the request, and of its attempt: what chance is drawn by. */
  readonly request: number
  readonly attempt: number
}

export type Answer = { readonly outcome: Outcome; readonly latencyMs: number }

/** One (project, model) as Google knows it. */
export type TrueLane = {
  readonly project: FleetProject
  readonly model: ModelPlan
  readonly keys: readonly FleetKey[]
  /** Undefined where the project has no quota for the model, or the model is closed to it. */
  readonly truth: LaneTruth | undefined
  readonly bareSpells: readonly Spell[]
}

export type Surroundings = {
  readonly seed: number
  readonly start: number
  readonly durationMs: number
  readonly faults: FaultPlan
  /** Added to the outages that chance brings: what a test asks for. */
  readonly outages?: readonly Spell[]
  /** How much longer than a minute a lane must be free to count as free beyond doubt. */
  readonly stretchMs: number
}

/** Google, as far as a key engine can tell: quotas, dead keys, bad days. */
export interface GoogleModel {
  /** A call leaves; answers when it arrives. */
  depart(call: SimulatedCall, now: number): number
  arrive(call: SimulatedCall, now: number): Answer
  /** What `countTokens` is answered: it tells whether key and project work, and costs no quota. */
  probe(key: KeyId, now: number): Outcome
  lanesOf(model: string): readonly TrueLane[]
  /** When the lane can take a call; Infinity when it is not known to open. */
  opensAt(lane: TrueLane, now: number, wanted: CallSize): number
  usableKey(lane: TrueLane, now: number, tried?: ReadonlySet<KeyId>): FleetKey | undefined
  daySpent(lane: TrueLane, now: number): number
  dayEnd(now: number): number
  /** Whether Google or the way to it fails for everybody, now or in the last `afterMs`. */
  isTroubled(model: string, now: number, afterMs: number): boolean
}

export type CallSize = { readonly tokens: number; readonly lasting: boolean }

/** A lane that has answered 429 without a reason may be rested for an hour, and a suspended project for as long. */
const doubtMs = 75 * 60_000
const attemptsPerRequest = 64
/** Of the calls to an overloaded model. */
const overloadedShare = 0.8

type State = {
  readonly around: Surroundings
  readonly lanes: ReadonlyMap<string, readonly TrueLane[]>
  readonly keys: ReadonlyMap<KeyId, FleetKey>
  readonly outages: readonly Spell[]
  readonly overloads: ReadonlyMap<string, readonly Spell[]>
}

export function createGoogleModel(fleet: Fleet, around: Surroundings): GoogleModel {
  const { start } = around
  const models = fleet.plan.models.entries()
  const outages = [...planSpells(spells(around, 7)), ...(around.outages ?? [])]
  const state: State = {
    around,
    lanes: buildLanes(fleet, around),
    keys: new Map(fleet.keys.map((key) => [key.id, key])),
    outages,
    overloads: new Map(
      [...models].map(([index, { name }]) => [name, planSpells(spells(around, 11 + index))]),
    ),
  }
  const spellsOf = (model: string) => state.overloads.get(model) ?? []

  return {
    depart(call, now) {
      inTransit(laneOf(state, call), 1, call.inputTokens)
      return now + 15 + draw(state, call, 8) * 45
    },
    arrive(call, now) {
      inTransit(laneOf(state, call), -1, call.inputTokens)
      const hasty = 50 + draw(state, call, 6) * 200
      if (spellAt(outages, now, 0)) return { outcome: failed('network-failed'), latencyMs: hasty }
      const refused = refusal(state, call, now)
      return refused ? { outcome: refused, latencyMs: hasty } : answer(state, call, now)
    },
    probe(id, now) {
      if (spellAt(outages, now, 0)) return failed('network-failed')
      const key = state.keys.get(id)
      return (key && ailing(key, now - start)) ?? { verdict: 'answered', status: 200 }
    },
    lanesOf: (model) => state.lanes.get(model) ?? [],
    opensAt(lane, now, { tokens, lasting }) {
      const closedUntil = laneClosedUntil(lane, now, { start, afterMs: lasting ? doubtMs : 0 })
      if (lane.truth === undefined || closedUntil === Infinity) return Infinity
      const dayEnd = pacificCalendar.nextDay(now)
      const opensAt = lasting
        ? lane.truth.lastinglyOpensAt(now, dayEnd, tokens)
        : lane.truth.opensAt(now, dayEnd, tokens)
      return Math.max(opensAt, closedUntil)
    },
    usableKey: (lane, now, tried) =>
      lane.keys.find((key) => !isAiling(key.ailment, now - start) && !tried?.has(key.id)),
    daySpent: (lane, now) => lane.truth?.daySpent(now, pacificCalendar.nextDay(now)) ?? 1,
    dayEnd: (now) => pacificCalendar.nextDay(now),
    isTroubled: (model, now, afterMs) =>
      spellAt(outages, now, afterMs) !== undefined ||
      spellAt(spellsOf(model), now, afterMs) !== undefined,
  }
}

function laneOf({ keys, lanes }: State, { key, model }: SimulatedCall): TrueLane {
  const project = keys.get(key)?.project.index ?? -1
  const lane = lanes.get(model)?.[project]
  if (lane === undefined) throw new Error(`No lane for key ${key} and model ${model}.`)
  return lane
}

function inTransit({ truth }: TrueLane, requests: 1 | -1, tokens: number): void {
  if (truth === undefined) return
  truth.transitRequests += requests
  truth.transitTokens += requests * tokens
}

/** Chance that belongs to one attempt of one request, whichever policy makes it. */
function draw({ around }: State, { request, attempt }: SimulatedCall, salt: number): number {
  return chance(around.seed, request * attemptsPerRequest + attempt, salt)
}

/** What Google says no to, in the order in which it looks. */
function refusal(state: State, call: SimulatedCall, now: number): Outcome | undefined {
  const { around, keys, overloads } = state
  const sinceStart = now - around.start
  const key = keys.get(call.key)
  const refused = key && ailing(key, sinceStart)
  if (refused) return refused
  const { project, truth, model, bareSpells } = laneOf(state, call)
  if (quotaOf(model, project) === 'none') return quotaZero(project.tier)
  if (truth === undefined) return closedModel(model.name)
  const violated = truth.violated(now, pacificCalendar.nextDay(now), call.inputTokens)
  if (violated.length > 0) {
    const dailyDelayMs = draw(state, call, 5) * 60_000
    const refused = quotaSpent(violated, { now, dailyDelayMs, tier: project.tier })
    const until = now + (refused.retryAfterMs ?? 0) + around.stretchMs
    truth.toldToWaitUntil = Math.max(truth.toldToWaitUntil, until)
    return refused
  }
  if (spellAt(bareSpells, now, 0)) return unknown429()
  const { refusedShare } = around.faults
  if (chance(around.seed, call.request, 2) < refusedShare) return failed('request-refused')
  const isOverloaded = spellAt(overloads.get(call.model) ?? [], now, 0) !== undefined
  if (isOverloaded && draw(state, call, 3) < overloadedShare) return failed('model-overloaded')
  return undefined
}

function ailing({ ailment, project }: FleetKey, sinceStart: number): Outcome | undefined {
  if (isAiling(ailment, sinceStart)) return keyRefused(ailment.verdict)
  if (!isAiling(project.ailment, sinceStart)) return undefined
  return projectRefused(project.ailment.verdict, project.id)
}

function answer(state: State, call: SimulatedCall, now: number): Answer {
  const { faults, seed } = state.around
  const fault = callFault(faults, draw(state, call, 1))
  const hasty = 50 + draw(state, call, 6) * 200
  if (fault === 'refusal-unknown') return { outcome: failed('refusal-unknown'), latencyMs: hasty }
  if (fault === 'server-error') return { outcome: failed('upstream-failed'), latencyMs: hasty }
  laneOf(state, call).truth?.count(now, call.inputTokens)
  // Google took the call and worked on it for a minute: nobody has seen it give such a call back.
  if (fault === 'timeout') return { outcome: failed('timed-out'), latencyMs: 60_000 }
  const latencyMs = answerLatencyMs(seed, call.request)
  if (fault === 'left') return { outcome: failed('client-left'), latencyMs: latencyMs / 2 }
  if (fault === 'empty') return { outcome: answered('answer-empty', call), latencyMs }
  const withheld = chance(seed, call.request, 4) < faults.withheldShare
  return { outcome: answered(withheld ? 'answer-withheld' : 'answered', call), latencyMs }
}

/** When a project that is ailing, or a lane that answers 429 for no reason, comes back; `now` or less when it is not closed. */
function laneClosedUntil(
  { project, bareSpells }: TrueLane,
  now: number,
  { start, afterMs }: { start: number; afterMs: number },
): number {
  const { ailment } = project
  if (ailment && now - start >= ailment.fromMs) {
    const until = start + ailment.untilMs + afterMs
    if (now < until) return until
  }
  const spell = spellAt(bareSpells, now, afterMs)
  return spell ? spell.until + afterMs : 0
}

function buildLanes(fleet: Fleet, around: Surroundings): Map<string, readonly TrueLane[]> {
  const keys = fleet.projects.map((): FleetKey[] => [])
  for (const key of fleet.keys) keys[key.project.index]?.push(key)
  const lanes = new Map<string, readonly TrueLane[]>()
  for (const [index, model] of fleet.plan.models.entries()) {
    const ofModel = fleet.projects.map((project) => {
      const quota = quotaOf(model, project)
      const open = quota !== 'none' && !project.closedModels.has(model.name)
      const perDay = project.tier === 'free' ? 0 : around.faults.bare429PerLaneDay
      const seed = around.seed * 31 + index * 7919 + project.index * 104_729
      return {
        project,
        model,
        keys: keys[project.index] ?? [],
        truth: open ? new LaneTruth(quota, around.stretchMs) : undefined,
        bareSpells: planSpells({ ...around, seed, perDay, shortestMs: 5000, longestMs: 60_000 }),
      }
    })
    lanes.set(model.name, ofModel)
  }
  return lanes
}

/** Salt 7 plans the outages, the others one model each. */
function spells({ seed, start, durationMs, faults }: Surroundings, salt: number) {
  const plan = { seed: seed * 1009 + salt, start, durationMs }
  return salt === 7
    ? { ...plan, perDay: faults.outagesPerDay, shortestMs: 5000, longestMs: 30_000 }
    : { ...plan, perDay: faults.overloadsPerDay, shortestMs: 20_000, longestMs: 180_000 }
}

/** About 2.5 s, seldom under 0.5 or over 20. */
function answerLatencyMs(seed: number, request: number): number {
  const bell = normal(chance(seed, request, 9), chance(seed, request, 10))
  return Math.min(60_000, 2500 * Math.exp(0.7 * bell))
}
