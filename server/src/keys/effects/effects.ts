import type { Outcome } from '../../google/outcome.ts'
import { modelProofs, type VerdictName } from '../../google/verdicts.ts'
import type { SuspensionReason } from '../inventory/cooldown.ts'
import { keysOf } from '../inventory/project.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import {
  clearSuspicion,
  countRefusal,
  forgive,
  raiseCooldownLevel,
  recordKeyAnswer,
  suspect,
} from '../inventory/key.ts'
import { widen } from '../lanes/beyond.ts'
import {
  clearFailures,
  clearFreeZeros,
  countNotFound,
  isTrivial,
  reviewLimits,
} from '../lanes/lane.ts'
import { modelOverloaded, recordAnswer, recordFailure, type Observation } from './breaker.ts'
import { recordEgressAnswer, recordEgressFailure } from './egress.ts'
import {
  closeLane,
  coolKey,
  markDead,
  reopenLane,
  resumeProject,
  reviveKey,
  suspendProject,
} from './penalties.ts'
import { spendQuota, unknownQuota, zeroQuota } from './quota.ts'
import type { Settlement } from './settlement.ts'

type Effect = (settlement: Settlement, context: EngineContext) => void
type Row = {
  /** Whether Google's quota counts the call; where it does not, the ledger gives it back. */
  readonly counted: boolean
  readonly apply: Effect
}

const noEffect: Effect = () => {}

/** What each verdict does to keys, projects, lanes, the model and the egress. */
export const effects = {
  answered: { counted: true, apply: succeed },
  // Safety blocks are counted by Google and prove that key, project and lane work.
  'answer-withheld': { counted: true, apply: succeed },
  'answer-empty': { counted: true, apply: noEffect },
  'stream-cut': { counted: true, apply: noEffect },
  'client-left': { counted: true, apply: noEffect },
  'timed-out': { counted: true, apply: noEffect },
  'upstream-failed': { counted: false, apply: noEffect },
  'request-refused': { counted: false, apply: noEffect },
  'resource-denied': { counted: false, apply: noEffect },
  'credentials-doubled': { counted: false, apply: noEffect },
  'bearer-refused': { counted: false, apply: noEffect },
  'key-invalid': { counted: false, apply: markDeadUnlessCorrelated },
  'key-unauthenticated': { counted: false, apply: suspectThenMarkDead },
  'key-blocked': { counted: false, apply: markDeadUnlessCorrelated },
  'key-leaked': {
    counted: false,
    apply: (settlement, context) => markDead(context, settlement.key, settlement),
  },
  'project-suspended': { counted: false, apply: suspend('project-suspended') },
  'service-disabled': { counted: false, apply: suspend('service-disabled') },
  'project-unfunded': { counted: false, apply: suspend('project-unfunded') },
  'project-needs-billing': { counted: false, apply: suspend('project-needs-billing') },
  'quota-spent': { counted: false, apply: spendQuota },
  'quota-zero': { counted: false, apply: zeroQuota },
  'quota-unknown': { counted: false, apply: unknownQuota },
  'model-closed': { counted: false, apply: closeModel },
  'model-not-found': { counted: false, apply: missModel },
  'model-overloaded': { counted: false, apply: overloadModel },
  'network-failed': { counted: false, apply: failEgress },
  // The proxies handle it themselves.
  'proxy-failed': { counted: false, apply: noEffect },
  'location-refused': { counted: false, apply: failEgress },
  'refusal-unknown': { counted: false, apply: countFailure },
} as const satisfies Record<VerdictName, Row>

/** Notes what an answer of Google says of the egress, whoever is to blame for the rest. */
export function noteEgress(settlement: Settlement, context: EngineContext): void {
  const { outcome, reservation, now } = settlement
  if (!provesEgress(outcome)) return
  if (recordEgressAnswer(context.egress, reservation.reservedAt, now)) {
    context.emit({ kind: 'egress-recovered' })
  }
}

/** Any answer of Google's proves the egress, but a refused location is a fault of the egress. */
export function provesEgress({ verdict, status }: Outcome): boolean {
  return status > 0 && verdict !== 'location-refused' && verdict !== 'network-failed'
}

/** Applies a verdict. The ledger is corrected before. */
export function applyOutcome(settlement: Settlement, context: EngineContext): void {
  const { verdict } = settlement.outcome
  noteEgress(settlement, context)
  learnProject(settlement, context)
  if (modelProofs.has(verdict)) proveTable(settlement, context)
  effects[verdict].apply(whereKeyIsNow(settlement, context), context)
}

/** What is known of the lanes of a model is stored once the model is known to exist. */
function proveTable({ lane: { table } }: Settlement, { tables, remember }: EngineContext): void {
  if (tables.prove(table)) for (const lane of table.lanes) if (!isTrivial(lane)) remember(lane)
}

/** The verdict applies to the project that the key turned out to belong to. */
function whereKeyIsNow(settlement: Settlement, context: EngineContext): Settlement {
  const { project } = settlement.key.group
  const { table } = settlement.lane
  if (project === settlement.project || context.tables.get(table.name) !== table) return settlement
  return { ...settlement, project, lane: context.lanes.laneFor(table, project) }
}

/** Ends what an answer disproves. What began after the call had left stays. */
export function succeed(settlement: Settlement, context: EngineContext): void {
  const { key, lane, project, reservation, now } = settlement
  prove(settlement, context)
  recordKeyAnswer(key, now)
  lane.ledger.answer(reservation.recorded)
  if (project.paid !== true) clearFreeZeros(lane)
  if (!lane.cooldown) clearFailures(lane)
  if (reservation.beyond) widen(lane)
  reviewLimits(lane, now - context.policy().quota.learnedLimitTtlMs)
  if (lane.learned || project.limits) context.remember(lane)
  context.correlated.answered()
}

/** A good answer has begun: every cooldown that began before this call ends. */
function prove(
  { key, lane, project, reservation, now }: Omit<Settlement, 'outcome'>,
  context: EngineContext,
): void {
  const since = reservation.reservedAt
  if (key.cooldown && key.cooldown.since <= since) reviveKey(context, key)
  if (!key.cooldown) clearSuspicion(key)
  if (project.suspension && project.suspension.since <= since) resumeProject(context, project)
  if (lane.cooldown && lane.cooldown.since <= since) reopenLane(context, lane)
  const { windowMs } = context.policy().breakers.model
  const observation = {
    project: project.id,
    verdict: 'answered' as const,
    reservedAt: since,
    now,
  }
  if (recordAnswer(context.modelBreaker(lane.table), observation, windowMs)) {
    context.emit({ kind: 'model-recovered', lane: lane.table.name })
  }
}

/**
 * ErrorInfo names the project: the key moves there at once, with those that are known to share its project. A name that the operator
 * gave stays.
 */
function learnProject({ key, outcome }: Settlement, context: EngineContext): void {
  const { consumer } = outcome
  const { project } = key.group
  if (consumer === undefined || consumer === project.id) return
  const sisters = keysOf(project)
  const isNamed = sisters.some(({ projectSource }) => projectSource === 'operator')
  if (isNamed && !project.id.startsWith('projects/')) return
  const moved = key.surveyed ? sisters.filter((one) => one.surveyed) : [key]
  for (const one of moved) {
    context.inventory.move(one, { project: consumer, source: 'learned' })
    context.proposals.dismiss(one.id)
    context.emit({ kind: 'project-learned', key: one.id, project: consumer })
    context.changed.key(one)
  }
}

function markDeadUnlessCorrelated(settlement: Settlement, context: EngineContext): void {
  const { key, outcome, now } = settlement
  const { penalize, forgiven } = context.correlated.judge({ key, verdict: outcome.verdict, now })
  const forMs = context.policy().failures.correlated.heldBackMs
  for (const one of forgiven) {
    reviveKey(context, one)
    forgive(one)
    coolKey(context, one, { ...settlement, reason: 'held-back', forMs })
  }
  if (penalize) return markDead(context, key, settlement)
  forgive(key)
  coolKey(context, key, { ...settlement, reason: 'held-back', forMs })
  const keys = [...forgiven, key].map(({ id }) => id)
  context.emit({ kind: 'failures-correlated', verdict: outcome.verdict, keys })
}

function suspectThenMarkDead(settlement: Settlement, context: EngineContext): void {
  const { key, reservation } = settlement
  if (key.cooldown && reservation.reservedAt < key.cooldown.since) return
  if (key.suspected) return markDeadUnlessCorrelated(settlement, context)
  suspect(key)
  coolKey(context, key, {
    ...settlement,
    reason: 'suspect',
    forMs: context.policy().failures.suspectMs,
  })
}

function suspend(reason: SuspensionReason): Effect {
  return (settlement, context) => {
    const { firstMs, needsBillingMs } = context.policy().suspension
    const forMs = reason === 'project-needs-billing' ? needsBillingMs : firstMs
    const { reservedAt } = settlement.reservation
    suspendProject(context, settlement.key.group.project, {
      ...settlement,
      reason,
      forMs,
      reservedAt,
    })
  }
}

function closeModel(settlement: Settlement, context: EngineContext): void {
  closeLane(context, settlement, {
    kind: 'model-closed',
    until: Infinity,
    needsTrial: false,
    quotaIds: [],
  })
}

function missModel(settlement: Settlement, context: EngineContext): void {
  const { lane, reservation, now } = settlement
  if (lane.cooldown && reservation.reservedAt < lane.cooldown.since) return
  const { notFoundMs, notFoundCapMs } = context.policy().quota
  const forMs = Math.min(notFoundCapMs, notFoundMs * 2 ** countNotFound(lane))
  closeLane(context, settlement, {
    kind: 'model-not-found',
    until: now + forMs,
    needsTrial: true,
    quotaIds: [],
  })
}

function overloadModel(settlement: Settlement, context: EngineContext): void {
  const { table } = settlement.lane
  const rule = { ...context.policy().breakers.model, trips: modelOverloaded }
  const cooldown = recordFailure(context.modelBreaker(table), observationOf(settlement), rule)
  if (cooldown) context.emit({ kind: 'model-overloaded', lane: table.name, until: cooldown.until })
}

function failEgress(settlement: Settlement, context: EngineContext): void {
  const policy = context.policy().breakers.egress
  const projects = Math.min(policy.projects, context.inventory.projects.size)
  const { request } = settlement.reservation
  const failure = { request, ...observationOf(settlement) }
  const cooldown = recordEgressFailure(context.egress, failure, { policy, projects })
  if (!cooldown) return
  const { verdict, reason, message } = settlement.outcome
  context.emit({ kind: 'egress-down', verdict, until: cooldown.until, reason, message })
}

function countFailure(settlement: Settlement, context: EngineContext): void {
  const { key, reservation } = settlement
  const { max, coolingMs } = context.policy().failures
  if (key.cooldown && reservation.reservedAt < key.cooldown.since) return
  if (countRefusal(key) < max) return
  const forMs = coolingMs[Math.min(raiseCooldownLevel(key), coolingMs.length - 1)] ?? 0
  coolKey(context, key, { ...settlement, reason: 'failing', forMs })
}

function observationOf({ reservation, project, outcome, now }: Settlement): Observation {
  const { verdict } = outcome
  return { project: project.id, verdict, reservedAt: reservation.reservedAt, now }
}
