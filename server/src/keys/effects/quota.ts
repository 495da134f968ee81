import type { QuotaViolation } from '../../google/outcome.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import { setPaid } from '../inventory/project.ts'
import {
  countFreeZero,
  countUnknownQuota,
  forgetLimits,
  learnLimit,
  setOutside,
} from '../lanes/lane.ts'
import { limitNameOf } from '../lanes/limits.ts'
import type { LimitName } from '../types.ts'
import { closeLane } from './penalties.ts'
import type { Settlement } from './settlement.ts'

/** A share of the limit that may be chance: calls that we did not count, and Google did. */
const negligible = 0.1

/** A 429 that names its quotas closes the lane until the last of them returns. */
export function spendQuota(settlement: Settlement, context: EngineContext): void {
  const violations = settlement.outcome.violations ?? []
  if (violations.some(({ limit }) => limit === 0)) return zeroQuota(settlement, context)
  const known = violations.filter(({ window }) => window !== 'unknown')
  if (known.length === 0) return unknownQuota(settlement, context)
  for (const violation of known) learnTier(settlement, violation, context)
  for (const violation of known) learnViolation(settlement, violation, context)
  let until = 0
  for (const violation of known) until = Math.max(until, returnsAt(settlement, violation, context))
  closeLane(context, settlement, {
    kind: 'quota',
    until,
    // With every limit known the ledger says what fits, and nothing has to be tried.
    needsTrial: known.some(({ limit }) => limit === undefined),
    quotaIds: known.map(({ quotaId }) => quotaId),
  })
}

function returnsAt(
  { reservation, outcome, now }: Settlement,
  { window }: QuotaViolation,
  context: EngineContext,
): number {
  const { minuteMs, minuteCapMs, jitterMs } = context.policy().quota
  if (window === 'day') {
    // The day in which the call left. RetryInfo is never true for a day's quota.
    const guardMs = context.calendar.guardMs()
    return context.calendar.pacific.nextDay(reservation.reservedAt - guardMs) + guardMs
  }
  const delayMs = Math.min(outcome.retryAfterMs ?? minuteMs, minuteCapMs)
  return now + delayMs + context.random() * jitterMs
}

function learnViolation(
  settlement: Settlement,
  violation: QuotaViolation,
  context: EngineContext,
): void {
  const { lane, now } = settlement
  const { limit, quotaId } = violation
  const name = limitNameOf(violation)
  if (limit === undefined || name === undefined) return
  if (name === 'dayRequests' || name === 'dayTokens') {
    proposeProject(settlement, violation, context)
    const { dayEnd } = settlement.reservation.recorded
    if (lane.ledger.counts(now).dayEnd === dayEnd) lane.ledger.spendDay(name, limit)
  }
  const isNews = learnLimit(lane, name, { limit, at: now, quotaId })
  measureOutside(settlement, name, limit)
  if (!isNews) return
  const { project, table } = lane
  context.emit({ kind: 'limit-learned', project: project.id, lane: table.name, quotaId, limit })
}

/** The minute is over sooner than by our own count: others use the project, and the lane keeps out of their way. */
function measureOutside({ lane }: Settlement, name: LimitName, limit: number): void {
  // Tokens of calls under way are estimates, and tell nothing.
  if (name !== 'minuteRequests') return
  const unexplained = Math.max(0, limit - lane.ledger.minuteRequests)
  const outside = unexplained < limit * negligible ? 0 : unexplained
  if (outside !== lane.outside) setOutside(lane, outside)
}

/** Google says the day is spent and our own count does not: others use the project, perhaps another of our own keys. */
function proposeProject(
  settlement: Settlement,
  { limit, quotaId, unit }: QuotaViolation,
  context: EngineContext,
): void {
  const { lane, key, project, now } = settlement
  const counted = unit === 'requests' ? lane.ledger.dayRequests : lane.ledger.dayTokens
  const alone = project.groups.length === 1 && project.groups[0]?.keys.length === 1
  if (limit === undefined || !alone || counted >= limit) return
  const lanes = { lane: lane.table.name, quotaId, limit }
  const proposal = context.proposals.record({ key: key.id, ...lanes, now })
  if (proposal) context.emit({ kind: 'projects-look-shared', keys: proposal.keys })
}

/** The tier of a quota is the tier of the project; what was learned under another tier is no longer true. */
function learnTier(
  { project }: Settlement,
  { tier }: QuotaViolation,
  context: EngineContext,
): void {
  if (tier === undefined || project.paidSource === 'operator') return
  const paid = tier === 'paid'
  if (project.paid === paid) return
  const changed = project.paid !== undefined
  setPaid(project, paid, 'learned')
  if (changed) for (const lane of context.lanes.lanesOf(project)) forgetLimits(lane)
  context.inventory.regroup(project)
  context.changed.project(project)
}

export function zeroQuota(settlement: Settlement, context: EngineContext): void {
  for (const violation of settlement.outcome.violations ?? [])
    learnTier(settlement, violation, context)
  if (settlement.project.paid !== true) countFreeZero(settlement.lane)
  closeLane(context, settlement, {
    kind: 'quota-zero',
    until: settlement.now + context.policy().quota.zeroRecheckMs,
    needsTrial: true,
    quotaIds: (settlement.outcome.violations ?? []).map(({ quotaId }) => quotaId),
  })
}

/** A 429 without a reason: 10 s, a minute, 10 minutes, an hour; one step for all calls that left before it. */
export function unknownQuota(settlement: Settlement, context: EngineContext): void {
  const { lane, reservation, now, outcome } = settlement
  if (lane.cooldown && reservation.reservedAt < lane.cooldown.since) return
  const { unknownMs, jitterMs, minuteCapMs } = context.policy().quota
  const level = Math.min(countUnknownQuota(lane), unknownMs.length - 1)
  const askedMs = Math.min(outcome.retryAfterMs ?? 0, minuteCapMs)
  const coolingMs = Math.max(unknownMs[level] ?? 0, askedMs)
  closeLane(context, settlement, {
    kind: 'quota-unknown',
    until: now + coolingMs + context.random() * jitterMs,
    needsTrial: true,
    quotaIds: (outcome.violations ?? []).map(({ quotaId }) => quotaId),
  })
}
