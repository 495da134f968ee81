import type { Outcome } from '../server/src/google/outcome.ts'
import { pacificCalendar } from '../server/src/runtime/time/calendar.ts'
import type { KeyId } from '../server/src/keys/types.ts'
import { callFault, planPeriods, periodAt, type FaultPlan, type Period } from './faults.ts'
import {
  isFailing,
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
} from './google-outcomes.ts'
import { LaneUsage } from './lane-usage.ts'
import { limitChanges } from './limit-changes.ts'
import { outsideCalls } from './outside-calls.ts'
import { chance, normal } from './random.ts'

export type SimulatedCall = {
  readonly key: KeyId
  readonly model: string
  readonly inputTokens: number
  /** Indexes of the request and its attempt; the random faults depend on them. */
  readonly request: number
  readonly attempt: number
}

export type Answer = { readonly outcome: Outcome; readonly latencyMs: number }

/** A project and a model, with Google's state. */
export type GoogleLane = {
  readonly project: FleetProject
  readonly model: ModelPlan
  readonly keys: readonly FleetKey[]
  /** Undefined if the project has no quota for the model, or the model is closed to it. */
  readonly usage: LaneUsage | undefined
  readonly unknown429Periods: readonly Period[]
}

export type GoogleModelOptions = {
  readonly seed: number
  readonly start: number
  readonly durationMs: number
  readonly faults: FaultPlan
  /** Outages set by a test, in addition to random ones. */
  readonly outages?: readonly Period[]
  /** Added to the rolling minute of the conservative estimate. */
  readonly stretchMs: number
}

/** Google as a key engine sees it: quotas, dead keys, faults. */
export interface GoogleModel {
  /** Sends a call; returns its arrival time. */
  depart(call: SimulatedCall, now: number): number
  arrive(call: SimulatedCall, now: number): Answer
  /** The answer to `countTokens`: shows whether key and project work, and uses no quota. */
  probe(key: KeyId, now: number): Outcome
  lanesOf(model: string): readonly GoogleLane[]
  /** When the lane accepts a call; Infinity if unknown. */
  opensAt(lane: GoogleLane, now: number, wanted: CallSize): number
  usableKey(lane: GoogleLane, now: number, tried?: ReadonlySet<KeyId>): FleetKey | undefined
  dayUsedShare(lane: GoogleLane, now: number): number
  dayEnd(now: number): number
  /** Whether the network or the model fails for all keys, now or in the last `afterMs`. */
  hasOutage(model: string, now: number, afterMs: number): boolean
}

export type CallSize = { readonly tokens: number; readonly conservative: boolean }

/** The engine may cool a lane down for an hour after a 429 without a reason, and a suspended project too. */
const maxCooldownMs = 75 * 60_000
const attemptsPerRequest = 64
/** Share of the calls to an overloaded model that fail. */
const overloadedShare = 0.8

type State = {
  readonly options: GoogleModelOptions
  readonly lanes: ReadonlyMap<string, readonly GoogleLane[]>
  readonly keys: ReadonlyMap<KeyId, FleetKey>
  readonly outages: readonly Period[]
  readonly overloads: ReadonlyMap<string, readonly Period[]>
}

export function createGoogleModel(fleet: Fleet, options: GoogleModelOptions): GoogleModel {
  const { start } = options
  const models = fleet.plan.models.entries()
  const outages = [...planPeriods(periods(options, 7)), ...(options.outages ?? [])]
  const state: State = {
    options,
    lanes: buildLanes(fleet, options),
    keys: new Map(fleet.keys.map((key) => [key.id, key])),
    outages,
    overloads: new Map(
      [...models].map(([index, { name }]) => [name, planPeriods(periods(options, 11 + index))]),
    ),
  }
  const overloadsOf = (model: string) => state.overloads.get(model) ?? []

  return {
    depart(call, now) {
      inTransit(laneOf(state, call), 1, call.inputTokens)
      return now + 15 + draw(state, call, 8) * 45
    },
    arrive(call, now) {
      inTransit(laneOf(state, call), -1, call.inputTokens)
      const latencyMs = 50 + draw(state, call, 6) * 200
      if (periodAt(outages, now, 0)) return { outcome: failed('network-failed'), latencyMs }
      const refused = refusal(state, call, now)
      return refused ? { outcome: refused, latencyMs } : answer(state, call, now)
    },
    probe(id, now) {
      if (periodAt(outages, now, 0)) return failed('network-failed')
      const key = state.keys.get(id)
      return (key && failureOutcome(key, now - start)) ?? { verdict: 'answered', status: 200 }
    },
    lanesOf: (model) => state.lanes.get(model) ?? [],
    opensAt(lane, now, { tokens, conservative }) {
      const closedUntil = laneClosedUntil(lane, now, {
        start,
        afterMs: conservative ? maxCooldownMs : 0,
      })
      if (lane.usage === undefined || closedUntil === Infinity) return Infinity
      const dayEnd = pacificCalendar.nextDay(now)
      const opensAt = conservative
        ? lane.usage.conservativeOpensAt(now, dayEnd, tokens)
        : lane.usage.opensAt(now, dayEnd, tokens)
      return Math.max(opensAt, closedUntil)
    },
    usableKey: (lane, now, tried) =>
      lane.keys.find((key) => !isFailing(key.failure, now - start) && !tried?.has(key.id)),
    dayUsedShare: (lane, now) => lane.usage?.dayUsedShare(now, pacificCalendar.nextDay(now)) ?? 1,
    dayEnd: (now) => pacificCalendar.nextDay(now),
    hasOutage: (model, now, afterMs) =>
      periodAt(outages, now, afterMs) !== undefined ||
      periodAt(overloadsOf(model), now, afterMs) !== undefined,
  }
}

function laneOf({ keys, lanes }: State, { key, model }: SimulatedCall): GoogleLane {
  const project = keys.get(key)?.project.index ?? -1
  const lane = lanes.get(model)?.[project]
  if (lane === undefined) throw new Error(`No lane for key ${key} and model ${model}.`)
  return lane
}

function inTransit({ usage }: GoogleLane, requests: 1 | -1, tokens: number): void {
  if (usage === undefined) return
  usage.transitRequests += requests
  usage.transitTokens += requests * tokens
}

/** A random number for one attempt of one request, the same for all policies. */
function draw({ options }: State, { request, attempt }: SimulatedCall, salt: number): number {
  return chance(options.seed, request * attemptsPerRequest + attempt, salt)
}

/** Google's checks, in its order. */
function refusal(state: State, call: SimulatedCall, now: number): Outcome | undefined {
  const { options, keys, overloads } = state
  const sinceStart = now - options.start
  const key = keys.get(call.key)
  const refused = key && failureOutcome(key, sinceStart)
  if (refused) return refused
  const { project, usage, model, unknown429Periods } = laneOf(state, call)
  if (quotaOf(model, project) === 'none') return quotaZero(project.tier)
  if (usage === undefined) return closedModel(model.name)
  const exceeded = usage.exceeded(now, pacificCalendar.nextDay(now), call.inputTokens)
  if (exceeded.length > 0) {
    const dailyDelayMs = draw(state, call, 5) * 60_000
    const refused = quotaSpent(exceeded, { now, dailyDelayMs, tier: project.tier })
    const until = now + (refused.retryAfterMs ?? 0) + options.stretchMs
    usage.retryAllowedAt = Math.max(usage.retryAllowedAt, until)
    return refused
  }
  if (periodAt(unknown429Periods, now, 0)) return unknown429()
  const { refusedShare } = options.faults
  if (chance(options.seed, call.request, 2) < refusedShare) return failed('request-refused')
  const isOverloaded = periodAt(overloads.get(call.model) ?? [], now, 0) !== undefined
  if (isOverloaded && draw(state, call, 3) < overloadedShare) return failed('model-overloaded')
  return undefined
}

function failureOutcome({ failure, project }: FleetKey, sinceStart: number): Outcome | undefined {
  if (isFailing(failure, sinceStart)) return keyRefused(failure.verdict)
  if (!isFailing(project.failure, sinceStart)) return undefined
  return projectRefused(project.failure.verdict, project.id)
}

function answer(state: State, call: SimulatedCall, now: number): Answer {
  const { faults, seed } = state.options
  const fault = callFault(faults, draw(state, call, 1))
  const errorLatencyMs = 50 + draw(state, call, 6) * 200
  if (fault === 'refusal-unknown') {
    return { outcome: failed('refusal-unknown'), latencyMs: errorLatencyMs }
  }
  if (fault === 'server-error') {
    return { outcome: failed('upstream-failed'), latencyMs: errorLatencyMs }
  }
  laneOf(state, call).usage?.count(now, call.inputTokens)
  // A call that times out still counts against the quota.
  if (fault === 'timeout') return { outcome: failed('timed-out'), latencyMs: 60_000 }
  const latencyMs = answerLatencyMs(seed, call.request)
  if (fault === 'left') return { outcome: failed('client-left'), latencyMs: latencyMs / 2 }
  if (fault === 'empty') return { outcome: answered('answer-empty', call), latencyMs }
  const withheld = chance(seed, call.request, 4) < faults.withheldShare
  return { outcome: answered(withheld ? 'answer-withheld' : 'answered', call), latencyMs }
}

/** When a failing project or an unexplained 429 ends; at most `now` if the lane is open. */
function laneClosedUntil(
  { project, unknown429Periods }: GoogleLane,
  now: number,
  { start, afterMs }: { start: number; afterMs: number },
): number {
  const { failure } = project
  if (failure && now - start >= failure.fromMs) {
    const until = start + failure.untilMs + afterMs
    if (now < until) return until
  }
  const period = periodAt(unknown429Periods, now, afterMs)
  return period ? period.until + afterMs : 0
}

function buildLanes(fleet: Fleet, options: GoogleModelOptions): Map<string, readonly GoogleLane[]> {
  const { limitChangeHour, sharing } = fleet.plan
  const { start } = options
  const keys = fleet.projects.map((): FleetKey[] => [])
  for (const key of fleet.keys) keys[key.project.index]?.push(key)
  const lanes = new Map<string, readonly GoogleLane[]>()
  for (const [index, model] of fleet.plan.models.entries()) {
    const ofModel = fleet.projects.map((project) => {
      const quota = quotaOf(model, project)
      const open = quota !== 'none' && !project.closedModels.has(model.name)
      const perDay = project.tier === 'free' ? 0 : options.faults.unknown429PerLaneDay
      const seed = options.seed * 31 + index * 7919 + project.index * 104_729
      const laneSeed = { project: options.seed * 53 + project.index * 6151, lane: seed }
      const events = open && {
        limitsAt: limitChanges({ quota, model, tier: project.tier, hour: limitChangeHour, start }),
        outside: outsideCalls(sharing, { quota, model, start, seeds: laneSeed }),
      }
      return {
        project,
        model,
        keys: keys[project.index] ?? [],
        usage: events ? new LaneUsage(quota, options.stretchMs, events) : undefined,
        unknown429Periods: planPeriods({
          ...options,
          seed,
          perDay,
          shortestMs: 5000,
          longestMs: 60_000,
        }),
      }
    })
    lanes.set(model.name, ofModel)
  }
  return lanes
}

/** Salt 7 is for the outages, each other salt for one model. */
function periods({ seed, start, durationMs, faults }: GoogleModelOptions, salt: number) {
  const plan = { seed: seed * 1009 + salt, start, durationMs }
  return salt === 7
    ? { ...plan, perDay: faults.outagesPerDay, shortestMs: 5000, longestMs: 30_000 }
    : { ...plan, perDay: faults.overloadsPerDay, shortestMs: 20_000, longestMs: 180_000 }
}

/** About 2.5 s, rarely below 0.5 s or above 20 s. */
function answerLatencyMs(seed: number, request: number): number {
  const deviation = normal(chance(seed, request, 9), chance(seed, request, 10))
  return Math.min(60_000, 2500 * Math.exp(0.7 * deviation))
}
