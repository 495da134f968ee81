import type { LaneCooldown } from '../inventory/cooldown.ts'
import type { Candidate, Lane, LaneTable, Project, Writable } from '../inventory/entities.ts'
import { joined } from '../inventory/project.ts'
import { limitNames, type LimitName } from '../types.ts'
import { untilKept, type LaneMemory } from './lane-memory.ts'
import { Ledger, type Calendar } from './ledger.ts'
import { countLimits, guessFor } from './guesses.ts'
import {
  cautiousLimits,
  knownLimits,
  noLimits,
  nothingLearned,
  type LearnedLimit,
  type LearnedLimits,
} from './limits.ts'

type Fields = Writable<Lane>

export function createLane(table: LaneTable, project: Project, calendar: Calendar): Lane {
  return {
    project,
    table,
    ledger: new Ledger(calendar),
    cooldown: undefined,
    learned: undefined,
    outside: 0,
    ignoresGuess: false,
    knownLimits: noLimits,
    unknownQuotas: 0,
    notFound: 0,
    inFlight: 0,
    candidates: [],
    index: table.lanes.length,
  }
}

export function joinLane(lane: Fields, candidate: Candidate): void {
  lane.candidates = joined(lane.candidates, candidate)
}

export function setLaneCooldown(lane: Fields, cooldown: LaneCooldown): void {
  lane.cooldown = cooldown
}

/** A cooldown that needs no trial ends by itself. */
export function endCooldown(lane: Fields, now: number): void {
  const { cooldown } = lane
  if (cooldown && !cooldown.needsTrial && cooldown.until <= now) lane.cooldown = undefined
}

/** Forgets what closed the lane; what was learned of its limits stays. */
export function clearLane(lane: Fields): void {
  lane.cooldown = undefined
  clearFailures(lane)
}

export function clearFailures(lane: Fields): void {
  lane.unknownQuotas = 0
  lane.notFound = 0
}

/** Answers how many came before it in a row. */
export function countUnknownQuota(lane: Fields): number {
  lane.unknownQuotas += 1
  return lane.unknownQuotas - 1
}

/** Answers how many came before it in a row. */
export function countNotFound(lane: Fields): number {
  lane.notFound += 1
  return lane.notFound - 1
}

export function countFreeZero({ table }: { readonly table: Writable<LaneTable> }): void {
  table.freeZeros += 1
}

export function clearFreeZeros({ table }: { readonly table: Writable<LaneTable> }): void {
  table.freeZeros = 0
}

/** Returns whether the limit is news. */
export function learnLimit(lane: Fields, name: LimitName, limit: LearnedLimit): boolean {
  const before = lane.learned
  const isNews = before?.[name]?.limit !== limit.limit
  const learned = {
    minuteRequests: before?.minuteRequests,
    minuteTokens: before?.minuteTokens,
    dayRequests: before?.dayRequests,
    dayTokens: before?.dayTokens,
  }
  learned[name] = limit
  setLearned(lane, learned)
  return isNews
}

export function forgetLimits(lane: Fields): void {
  setLearned(lane, undefined)
}

function setLearned(lane: Fields, learned: LearnedLimits | undefined): void {
  const before = lane.learned
  const { table, project } = lane
  lane.learned = learned
  const change = { paid: project.paid, before, after: learned }
  if (countLimits(table.guesses, change)) for (const one of table.lanes) applyLimits(one)
  else applyLimits(lane)
}

/** Corrects limits after an answer: one that more was answered than is raised, one learned before `oldest` is forgotten. */
export function reviewLimits(lane: Fields, oldest: number): void {
  if (!lane.learned) return
  for (const name of limitNames) {
    if (isWrong(lane, name, oldest)) return correctLimits(lane, oldest)
  }
}

function correctLimits(lane: Fields, oldest: number): void {
  const learned = nothingLearned()
  for (const name of limitNames) learned[name] = reviewed(lane, name, oldest)
  setLearned(lane, limitNames.some((name) => learned[name]) ? learned : undefined)
}

function isWrong(lane: Lane, name: LimitName, oldest: number): boolean {
  const known = lane.learned?.[name]
  return known !== undefined && (known.at < oldest || answeredIn(lane, name) > known.limit)
}

function reviewed(lane: Lane, name: LimitName, oldest: number): LearnedLimit | undefined {
  const known = lane.learned?.[name]
  if (!known || known.at < oldest) return undefined
  const { limit, at, quotaId } = known
  return { limit: Math.max(limit, answeredIn(lane, name)), at, quotaId }
}

function answeredIn({ ledger }: Lane, name: LimitName): number {
  if (name === 'minuteRequests') return ledger.minuteAnswered
  return name === 'dayRequests' ? ledger.dayAnswered : 0
}

export function applyLimits(lane: Fields): void {
  const { project, table, ledger, learned, outside } = lane
  const operator = project.limits?.get(table.name) ?? project.limits?.get('*')
  const guess = lane.ignoresGuess ? undefined : guessFor(table.guesses, project.paid)
  lane.knownLimits = knownLimits({ operator, learned })
  ledger.limits = cautiousLimits(lane.knownLimits, { guess, outside })
}

/** Others seem to make so many requests a minute; 0 where they have ended. */
export function setOutside(lane: Fields, outside: number): void {
  lane.outside = outside
  applyLimits(lane)
}

export function ignoreGuess(lane: Fields): void {
  lane.ignoresGuess = true
  applyLimits(lane)
}

export function startLaneCall(lane: Fields): void {
  const table: Writable<LaneTable> = lane.table
  lane.inFlight += 1
  table.inFlight += 1
}

export function endLaneCall(lane: Fields): void {
  const table: Writable<LaneTable> = lane.table
  lane.inFlight -= 1
  table.inFlight -= 1
}

/** Whether forgetting a lane changes no choice. */
export function isTrivial(lane: Lane): boolean {
  return (
    lane.inFlight === 0 &&
    lane.cooldown === undefined &&
    lane.learned === undefined &&
    lane.outside === 0 &&
    lane.project.limits === undefined &&
    lane.unknownQuotas === 0 &&
    lane.notFound === 0
  )
}

/** Gives a lane back what was kept of it. */
export function restoreLane(
  lane: Fields,
  memory: LaneMemory,
  { now, trialTimeoutMs }: { readonly now: number; readonly trialTimeoutMs: number },
): void {
  const { cooldown, counts } = memory
  lane.cooldown = cooldown && {
    since: cooldown.since,
    until: untilKept(cooldown.until),
    needsTrial: cooldown.needsTrial,
    trialTimeoutMs,
    trialSince: undefined,
    kind: cooldown.kind,
    quotaIds: cooldown.quotaIds,
    message: cooldown.message,
  }
  lane.learned = memory.learned
  lane.unknownQuotas = memory.unknownQuotas
  lane.notFound = memory.notFound
  if (counts) lane.ledger.restore(now, counts)
  applyLimits(lane)
}

/** Two projects proved to be one: what either lane knew holds for both. */
export function absorbLane(lane: Fields, from: Lane, now: number): void {
  lane.ledger.absorb(from.ledger, now)
  if (from.cooldown && from.cooldown.until > (lane.cooldown?.until ?? 0)) {
    lane.cooldown = from.cooldown
  }
  if (from.learned) {
    const learned = nothingLearned()
    for (const name of limitNames) learned[name] = lane.learned?.[name] ?? from.learned[name]
    lane.learned = learned
  }
  lane.unknownQuotas = Math.max(lane.unknownQuotas, from.unknownQuotas)
  lane.notFound = Math.max(lane.notFound, from.notFound)
  // What seemed to be others was the other lane.
  lane.outside = 0
  applyLimits(lane)
}

/** By `splice`, which gives memory back where `pop` keeps it. */
export function removeLane(lane: Lane): void {
  const { table, project, index } = lane
  const place = project.lanes.indexOf(lane)
  if (place >= 0) project.lanes.splice(place, 1)
  const last: Fields | undefined = table.lanes.pop()
  if (!last || last.index === index) return
  last.index = index
  table.lanes[index] = last
}
