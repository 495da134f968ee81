import type { VerdictName } from '../../google/verdicts.ts'
import { cooldownEndsAt, createCooldown, isTrialOut, type Cooldown } from '../inventory/cooldown.ts'
import type { EgressPolicy } from '../policy.ts'
import type { ProjectId } from '../types.ts'

/** The egress to Google, which all keys share. It closes when failures of several requests and projects have no answer between them. */
export type Egress = {
  cooldown: Cooldown | undefined
  /** Why it is closed. */
  cause: 'network-failed' | 'location-refused' | undefined
  /** How often in a row the location was refused. */
  level: number
  /** Told that the network seems to be down: the watch tries it, and closes the egress. Without a watch failures close it, and requests are its trials. */
  suspect: (() => void) | undefined
  answeredAt: number
  /** Failures since the last answer. */
  failingSince: number
  failures: number
  readonly projects: Set<ProjectId>
  readonly requests: Set<string | EgressObservation>
}

export type EgressObservation = {
  readonly verdict: VerdictName
  readonly project: ProjectId
  /** Undefined for calls of the gateway's own. */
  readonly request: string | undefined
  readonly reservedAt: number
  readonly now: number
}

export function createEgress(): Egress {
  return {
    cooldown: undefined,
    cause: undefined,
    level: 0,
    suspect: undefined,
    answeredAt: -Infinity,
    failingSince: -Infinity,
    failures: 0,
    projects: new Set(),
    requests: new Set(),
  }
}

/** Whether only the watch tries it. A refused location shows in real calls only, so requests are its trials. */
export function isWatchedOutage({ cooldown, cause, suspect }: Egress): boolean {
  return suspect !== undefined && cooldown !== undefined && cause !== 'location-refused'
}

/** When a request may pass; `now` when it may at once. */
export function egressOpensAt(egress: Egress, now: number, { trialEveryMs }: EgressPolicy): number {
  if (egress.cooldown === undefined) return now
  // The watch may find it open any moment, and wakes those that wait.
  if (isWatchedOutage(egress)) return now + trialEveryMs
  return cooldownEndsAt(egress.cooldown, now)
}

/** When a request that was refused should come again: a trial may end any moment. */
export function egressWakesAt(egress: Egress, now: number, policy: EgressPolicy): number {
  const opensAt = egressOpensAt(egress, now, policy)
  const onTrial = egress.cooldown !== undefined && isTrialOut(egress.cooldown, now)
  return onTrial ? Math.min(opensAt, now + policy.trialEveryMs) : opensAt
}

type Rule = { readonly policy: EgressPolicy; readonly projects: number }

/** Counts a failure. Returns the cooldown when it closed the egress, or when the reason became another. */
export function recordEgressFailure(
  egress: Egress,
  failure: EgressObservation,
  { policy, projects }: Rule,
): Cooldown | undefined {
  const cause = failure.verdict === 'location-refused' ? 'location-refused' : 'network-failed'
  const { cooldown } = egress
  if (cooldown) {
    // A call that left before says nothing new.
    if (failure.reservedAt < cooldown.since) return undefined
    const isNews = egress.cause !== cause
    if (isWatchedOutage(egress) && !isNews) return undefined
    const triedAt = Math.max(cooldown.trialSince ?? 0, failure.reservedAt)
    close(
      egress,
      { cause, since: cooldown.since, until: triedAt + nextDelay(egress, cause, policy) },
      policy,
    )
    if (!isNews) return undefined
    if (cause === 'network-failed') egress.suspect?.()
    return egress.cooldown
  }
  count(egress, failure, policy)
  const isOutage =
    egress.failures >= policy.failures &&
    egress.requests.size >= policy.requests &&
    egress.projects.size >= projects
  if (!isOutage) return undefined
  if (cause === 'location-refused' || egress.suspect === undefined) {
    return closeEgress(egress, cause, { policy, now: failure.now })
  }
  egress.suspect()
  return undefined
}

/** Closes the egress whatever was counted. */
export function closeEgress(
  egress: Egress,
  cause: NonNullable<Egress['cause']>,
  { policy, now }: { readonly policy: EgressPolicy; readonly now: number },
): Cooldown | undefined {
  close(egress, { cause, since: now, until: now + nextDelay(egress, cause, policy) }, policy)
  return egress.cooldown
}

/** Counts an answer of Google's. Returns whether it opened the egress. */
export function recordEgressAnswer(egress: Egress, reservedAt: number, now: number): boolean {
  egress.answeredAt = now
  if (egress.failures > 0) forgetFailures(egress)
  // A connection from before may live on while no new one can be made.
  if (egress.cooldown === undefined || reservedAt < egress.cooldown.since) return false
  clearEgress(egress)
  return true
}

export function clearEgress(egress: Egress): void {
  egress.cooldown = undefined
  egress.cause = undefined
  egress.level = 0
  forgetFailures(egress)
}

type Closure = {
  readonly cause: NonNullable<Egress['cause']>
  readonly since: number
  readonly until: number
}

function close(egress: Egress, { cause, since, until }: Closure, policy: EgressPolicy): void {
  egress.cause = cause
  egress.cooldown = createCooldown({
    since,
    until,
    needsTrial: true,
    trialTimeoutMs: policy.trialEveryMs,
  })
  forgetFailures(egress)
}

/** The network may be back any second; a location is refused for long. */
function nextDelay(egress: Egress, cause: Egress['cause'], policy: EgressPolicy): number {
  if (cause !== 'location-refused') {
    egress.level = 0
    return policy.trialEveryMs
  }
  const delayMs = Math.min(policy.locationCapMs, policy.trialEveryMs * 2 ** egress.level)
  egress.level += 1
  return delayMs
}

/** Names beyond those that decide are not kept. */
function count(egress: Egress, failure: EgressObservation, policy: EgressPolicy): void {
  if (failure.now - egress.failingSince >= policy.windowMs) {
    forgetFailures(egress)
    egress.failingSince = failure.now
  }
  egress.failures += 1
  if (egress.projects.size < policy.projects) egress.projects.add(failure.project)
  if (egress.requests.size < policy.requests) egress.requests.add(failure.request ?? failure)
}

function forgetFailures(egress: Egress): void {
  egress.failures = 0
  egress.failingSince = -Infinity
  egress.projects.clear()
  egress.requests.clear()
}
