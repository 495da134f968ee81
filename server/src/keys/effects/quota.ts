import type { Lane } from '../inventory/entities.ts'
import type { Ledger } from '../lanes/ledger.ts'
import { limitNameOf, limitNames, nothingLearned, type LimitName } from '../lanes/limits.ts'
import type { QuotaViolation } from '../../google/outcome.ts'
import { blockLane } from './penalties.ts'
import type { Settlement } from './settlement.ts'
import type { EngineContext } from '../inventory/engine-context.ts'

/** A 429 that names its quotas: the lane shuts until the latest of them returns. */
export function spendQuota(scene: Settlement, world: EngineContext): void {
  const violations = scene.outcome.violations ?? []
  if (violations.some(({ limit }) => limit === 0)) return zeroQuota(scene, world)
  const known = violations.filter(({ window }) => window !== 'unknown')
  if (known.length === 0) return unexplainedQuota(scene, world)
  for (const violation of known) learnTier(scene, violation, world)
  for (const violation of known) learnLimit(scene, violation, world)
  let until = 0
  for (const violation of known) until = Math.max(until, returnsAt(scene, violation, world))
  blockLane(world, scene, {
    kind: 'quota',
    until,
    // With every limit known the ledger says what fits, and nothing has to be tried.
    needsTrial: known.some(({ limit }) => limit === undefined),
    quotaIds: known.map(({ quotaId }) => quotaId),
  })
}

function returnsAt(
  { hold, outcome, now }: Settlement,
  { window }: QuotaViolation,
  world: EngineContext,
): number {
  const { minuteCoolingMs, minuteCoolingCapMs, jitterMs } = world.policy()
  if (window === 'day') {
    // By the day in which the call left; and whatever RetryInfo says, which for a day's quota is never true.
    const guardMs = world.calendar.guardMs()
    return world.calendar.pacific.nextDay(hold.reservedAt - guardMs) + guardMs
  }
  const delayMs = Math.min(outcome.retryAfterMs ?? minuteCoolingMs, minuteCoolingCapMs)
  return now + delayMs + world.random() * jitterMs
}

function learnLimit(scene: Settlement, violation: QuotaViolation, world: EngineContext): void {
  const { lane, now } = scene
  const { limit, quotaId } = violation
  const name = limitNameOf(violation)
  if (limit === undefined || name === undefined) return
  if (name === 'dayRequests' || name === 'dayTokens') {
    proposeProject(scene, violation, world)
    if (lane.ledger.counts(now).dayEnd === scene.hold.note.dayEnd) lane.ledger.spendDay(name, limit)
  }
  const isNews = lane.learned?.[name]?.limit !== limit
  lane.learned ??= nothingLearned()
  lane.learned[name] = { limit, at: now, quotaId }
  world.lanes.applyLimits(lane)
  if (!isNews) return
  const { project, table } = lane
  world.emit({ kind: 'limit-learned', project: project.id, lane: table.name, quotaId, limit })
}

/** A day spent that by our own count had room: somebody else spends it, perhaps another of our own keys. */
function proposeProject(
  scene: Settlement,
  { limit, quotaId, unit }: QuotaViolation,
  world: EngineContext,
): void {
  const { lane, key, project, now } = scene
  const counted = unit === 'requests' ? lane.ledger.dayRequests : lane.ledger.dayTokens
  const alone = project.seats.length === 1 && project.seats[0]?.keys.length === 1
  if (limit === undefined || !alone || counted >= limit) return
  const lanes = { lane: lane.table.name, quotaId, limit }
  const proposal = world.proposals.note({ key: key.id, ...lanes, now })
  if (proposal) world.emit({ kind: 'projects-look-shared', keys: proposal.keys })
}

/** The tier of a quota is the tier of the project; what was learned under another tier is no longer true. */
function learnTier({ project }: Settlement, { tier }: QuotaViolation, world: EngineContext): void {
  if (tier === undefined || project.paidSource === 'operator') return
  const paid = tier === 'paid'
  if (project.paid === paid) return
  const changed = project.paid !== undefined
  project.paid = paid
  project.paidSource = 'learned'
  if (changed) forgetLimits(world, world.lanes.lanesOf(project))
  world.fleet.reseat(project)
  world.touch.project(project)
}

function forgetLimits(world: EngineContext, lanes: readonly Lane[]): void {
  for (const lane of lanes) {
    lane.learned = undefined
    world.lanes.applyLimits(lane)
  }
}

/** What an answer says of learned limits: too low when more was answered, and not to be believed when too old. */
export function reviewLimits(lane: Lane, now: number, world: EngineContext): void {
  const { learned, ledger } = lane
  if (!learned) return
  const oldest = now - world.policy().learnedLimitTtlMs
  let changed = false
  for (const name of limitNames) {
    const known = learned[name]
    if (!known) continue
    const answered = answeredIn(ledger, name)
    if (known.at < oldest) learned[name] = undefined
    else if (answered > known.limit)
      learned[name] = { limit: answered, at: known.at, quotaId: known.quotaId }
    else continue
    changed = true
  }
  if (!changed) return
  if (limitNames.every((name) => learned[name] === undefined)) lane.learned = undefined
  world.lanes.applyLimits(lane)
}

function answeredIn(ledger: Ledger, name: LimitName): number {
  if (name === 'minuteRequests') return ledger.minuteAnswered
  return name === 'dayRequests' ? ledger.dayAnswered : 0
}

export function zeroQuota(scene: Settlement, world: EngineContext): void {
  for (const violation of scene.outcome.violations ?? []) learnTier(scene, violation, world)
  if (scene.project.paid !== true) scene.lane.table.freeZeros += 1
  blockLane(world, scene, {
    kind: 'quota-zero',
    until: scene.now + world.policy().quotaZeroRecheckMs,
    needsTrial: true,
    quotaIds: (scene.outcome.violations ?? []).map(({ quotaId }) => quotaId),
  })
}

/** A 429 without a reason: 10 s, a minute, 10 minutes, an hour; one step per window, however many calls met it. */
export function unexplainedQuota(scene: Settlement, world: EngineContext): void {
  const { lane, hold, now, outcome } = scene
  if (lane.block && hold.reservedAt < lane.block.gate.since) return
  const { unexplainedCoolingMs, jitterMs, minuteCoolingCapMs } = world.policy()
  const level = Math.min(lane.unexplained, unexplainedCoolingMs.length - 1)
  const askedMs = Math.min(outcome.retryAfterMs ?? 0, minuteCoolingCapMs)
  const coolingMs = Math.max(unexplainedCoolingMs[level] ?? 0, askedMs)
  lane.unexplained += 1
  blockLane(world, scene, {
    kind: 'quota-unknown',
    until: now + coolingMs + world.random() * jitterMs,
    needsTrial: true,
    quotaIds: (outcome.violations ?? []).map(({ quotaId }) => quotaId),
  })
}
