import type { Outcome } from '../../google/outcome.ts'
import type {
  KeyCooldownReason,
  LaneCooldownKind,
  SuspensionReason,
} from '../inventory/cooldown.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { Key, Lane, Project } from '../inventory/entities.ts'
import { clearKey, setDeadMark, setKeyCooldown } from '../inventory/key.ts'
import { setSuspension } from '../inventory/project.ts'
import { clearLane, setLaneCooldown } from '../lanes/lane.ts'
import type { Settlement } from './settlement.ts'

type Penalty = { readonly outcome: Outcome; readonly reservedAt: number; readonly now: number }
type ClosingPlan = {
  readonly kind: LaneCooldownKind
  readonly until: number
  readonly needsTrial: boolean
  readonly quotaIds: readonly string[]
}

type Refused = Pick<Settlement, 'lane' | 'outcome' | 'now'>

/** Closes a lane, unless it is closed for longer already. */
export function closeLane(
  context: EngineContext,
  { lane, outcome, now }: Refused,
  { kind, until, needsTrial, quotaIds }: ClosingPlan,
): void {
  if (lane.cooldown && lane.cooldown.until > Math.max(now, until)) return
  setLaneCooldown(lane, {
    since: now,
    until,
    needsTrial,
    trialTimeoutMs: context.policy().checks.trialTimeoutMs,
    trialSince: undefined,
    kind,
    quotaIds,
    message: outcome.message,
  })
  context.emit({
    kind: 'lane-closed',
    project: lane.project.id,
    lane: lane.table.name,
    verdict: outcome.verdict,
    until,
    quotaIds,
  })
  context.changed.lane(lane)
}

type SuspensionPlan = { readonly reason: SuspensionReason; readonly forMs: number }

export function suspendProject(
  context: EngineContext,
  project: Project,
  { reason, forMs, outcome, reservedAt, now }: SuspensionPlan & Penalty,
): void {
  // A call that left before the suspension began says nothing new.
  if (project.suspension && reservedAt < project.suspension.since) return
  const { suspension, checks } = context.policy()
  const level = project.suspension ? project.suspension.level + 1 : 0
  const until = now + Math.max(forMs, Math.min(forMs * 2 ** level, suspension.capMs))
  setSuspension(project, {
    since: now,
    until,
    needsTrial: true,
    trialTimeoutMs: checks.trialTimeoutMs,
    trialSince: undefined,
    reason,
    message: outcome.message,
    level,
  })
  const { verdict } = outcome
  context.emit({ kind: 'project-suspended', project: project.id, verdict, until })
  context.changed.project(project)
}

type CoolingPlan = { readonly reason: KeyCooldownReason; readonly forMs: number }

export function coolKey(
  context: EngineContext,
  key: Key,
  { reason, forMs, outcome, now }: CoolingPlan & Omit<Penalty, 'reservedAt'>,
): void {
  const { verdict } = outcome
  const until = now + forMs
  setKeyCooldown(key, {
    since: now,
    until,
    needsTrial: true,
    trialTimeoutMs: context.policy().checks.trialTimeoutMs,
    trialSince: undefined,
    reason,
    verdict,
  })
  context.emit({ kind: 'key-cooled', key: key.id, verdict, until })
  context.changed.key(key)
}

export function markDead(
  context: EngineContext,
  key: Key,
  { outcome, now }: Omit<Penalty, 'reservedAt'>,
): void {
  const { verdict, message } = outcome
  const known = key.deadMark
  setDeadMark(key, { verdict, message, at: known?.at ?? now, checkedAt: now })
  context.inventory.refresh(key.group)
  if (!known) context.emit({ kind: 'key-died', key: key.id, verdict })
  context.changed.key(key)
}

/** Forgets everything held against a key. */
export function reviveKey(context: EngineContext, key: Key): void {
  const wasOut = key.deadMark !== undefined || key.cooldown !== undefined
  clearKey(key)
  if (!wasOut) return
  context.inventory.refresh(key.group)
  context.emit({ kind: 'key-revived', key: key.id })
  context.changed.key(key)
}

export function resumeProject(context: EngineContext, project: Project): void {
  if (project.suspension === undefined) return
  setSuspension(project, undefined)
  context.emit({ kind: 'project-resumed', project: project.id })
  context.changed.project(project)
}

export function reopenLane(context: EngineContext, lane: Lane): void {
  const wasClosed = lane.cooldown !== undefined
  clearLane(lane)
  if (!wasClosed) return
  context.emit({ kind: 'lane-reopened', project: lane.project.id, lane: lane.table.name })
  context.changed.lane(lane)
}
