import { createCooldown, cooldownEndsAt, type Cooldown } from '../inventory/cooldown.ts'
import type { VerdictName } from '../../google/verdicts.ts'
import type { BreakerPolicy } from '../policy.ts'
import type { ProjectId } from '../types.ts'

/** For the capacity of a model, which all keys share. */
export type Breaker = {
  cooldown: Cooldown | undefined
  /** How often it opened since the last answer. */
  level: number
  since: number
  failures: number
  answers: number
  readonly projects: Set<ProjectId>
}

export type Observation = {
  readonly project: ProjectId
  readonly verdict: VerdictName
  readonly reservedAt: number
  readonly now: number
}

type Rule = BreakerPolicy & { readonly trips: (breaker: Breaker) => boolean }

export function createBreaker(): Breaker {
  return {
    cooldown: undefined,
    level: 0,
    since: 0,
    failures: 0,
    answers: 0,
    projects: new Set(),
  }
}

export function breakerOpensAt(breaker: Breaker, now: number): number {
  return breaker.cooldown ? cooldownEndsAt(breaker.cooldown, now) : now
}

/** Counts a failure. Returns the cooldown when it opened the breaker. */
export function recordFailure(
  breaker: Breaker,
  observation: Observation,
  rule: Rule,
): Cooldown | undefined {
  const { cooldown } = breaker
  // A call that left before the breaker opened says nothing new.
  if (cooldown && observation.reservedAt < cooldown.since) return undefined
  count(breaker, observation.now, rule.windowMs)
  breaker.failures += 1
  breaker.projects.add(observation.project)
  if (!cooldown && !rule.trips(breaker)) return undefined
  const delayMs = Math.min(rule.capMs, rule.firstMs * 2 ** breaker.level)
  breaker.level += 1
  breaker.cooldown = createCooldown({
    since: observation.now,
    until: observation.now + delayMs,
    needsTrial: true,
    trialTimeoutMs: rule.trialTimeoutMs,
  })
  return breaker.cooldown
}

/** Counts an answer. Returns whether it closed the breaker. */
export function recordAnswer(
  breaker: Breaker,
  observation: Observation,
  windowMs: number,
): boolean {
  const { cooldown } = breaker
  if (cooldown && observation.reservedAt < cooldown.since) return false
  count(breaker, observation.now, windowMs)
  breaker.answers += 1
  breaker.level = 0
  if (!cooldown) return false
  clear(breaker)
  return true
}

export function clear(breaker: Breaker): void {
  breaker.cooldown = undefined
  breaker.level = 0
  breaker.failures = 0
  breaker.answers = 0
  breaker.projects.clear()
}

function count(breaker: Breaker, now: number, windowMs: number): void {
  if (now - breaker.since < windowMs) return
  breaker.since = now
  breaker.failures = 0
  breaker.answers = 0
  breaker.projects.clear()
}

/**
 * Some refusals among many answers are not an overload: with every tenth call refused, a busy gateway sees two in a row
 * each second, and opening would cost more than the refusals.
 */
export function modelOverloaded({ failures, answers, projects }: Breaker): boolean {
  return failures > answers && (projects.size >= 2 || failures >= 3)
}

/**
 * Lets all calls through after a trial without an outcome: an overloaded model refuses at once, a good answer may take a
 * minute. The level stays until an answer comes.
 */
export function openAfterSilence(breaker: Breaker, now: number): void {
  const { cooldown } = breaker
  if (cooldown?.trialSince === undefined || now < cooldown.trialSince + cooldown.trialTimeoutMs)
    return
  breaker.cooldown = undefined
  breaker.failures = 0
  breaker.answers = 0
  breaker.projects.clear()
}
