import type {
  BlockKind,
  Key,
  Lane,
  Project,
  RestReason,
  SuspensionReason,
} from '../inventory/entities.ts'
import { createGate } from '../inventory/cooldown.ts'
import type { Outcome } from '../../google/outcome.ts'
import type { Settlement } from './settlement.ts'
import type { EngineContext } from '../inventory/engine-context.ts'

type Penalty = { readonly outcome: Outcome; readonly reservedAt: number; readonly now: number }
type BlockPlan = {
  readonly kind: BlockKind
  readonly until: number
  readonly needsTrial: boolean
  readonly quotaIds: readonly string[]
}

type Refused = Pick<Settlement, 'lane' | 'outcome' | 'now'>

/** Shuts a lane, unless it is shut for longer already. */
export function blockLane(
  world: EngineContext,
  { lane, outcome, now }: Refused,
  plan: BlockPlan,
): void {
  const { kind, until, needsTrial, quotaIds } = plan
  if (lane.block && lane.block.gate.until > Math.max(now, until)) return
  const patienceMs = world.policy().trialPatienceMs
  lane.block = {
    gate: createGate({ since: now, until, needsTrial, patienceMs }),
    kind,
    quotaIds,
    message: outcome.message,
  }
  world.emit({
    kind: 'lane-blocked',
    project: lane.project.id,
    lane: lane.table.name,
    verdict: outcome.verdict,
    until,
    quotaIds,
  })
  world.touch.lane(lane)
}

type SuspensionPlan = { readonly reason: SuspensionReason; readonly forMs: number }

export function suspendProject(
  world: EngineContext,
  project: Project,
  { reason, forMs, outcome, reservedAt, now }: SuspensionPlan & Penalty,
): void {
  // A call that left before the suspension began tells what is known.
  if (project.suspension && reservedAt < project.suspension.gate.since) return
  const { trialPatienceMs: patienceMs, suspensionCapMs } = world.policy()
  const level = project.suspension ? (project.suspension.level ?? 0) + 1 : 0
  const until = now + Math.max(forMs, Math.min(forMs * 2 ** level, suspensionCapMs))
  project.suspension = {
    gate: createGate({ since: now, until, needsTrial: true, patienceMs }),
    reason,
    message: outcome.message,
    level,
  }
  const { verdict } = outcome
  world.emit({ kind: 'project-suspended', project: project.id, verdict, until })
  world.touch.project(project)
}

type RestPlan = { readonly reason: RestReason; readonly forMs: number }

export function restKey(
  world: EngineContext,
  key: Key,
  plan: RestPlan & Omit<Penalty, 'reservedAt'>,
): void {
  const { reason, forMs, outcome, now } = plan
  const until = now + forMs
  const patienceMs = world.policy().trialPatienceMs
  key.rest = {
    gate: createGate({ since: now, until, needsTrial: true, patienceMs }),
    reason,
    verdict: outcome.verdict,
  }
  world.emit({ kind: 'key-rested', key: key.id, verdict: outcome.verdict, until })
  world.touch.key(key)
}

export function killKey(
  world: EngineContext,
  key: Key,
  { outcome, now }: Omit<Penalty, 'reservedAt'>,
): void {
  const { verdict, message } = outcome
  const known = key.death !== undefined
  key.death = { verdict, message, at: key.death?.at ?? now, checkedAt: now }
  key.rest = undefined
  world.fleet.refresh(key.seat)
  if (!known) world.emit({ kind: 'key-died', key: key.id, verdict })
  world.touch.key(key)
}

/** Forgets everything held against a key itself. */
export function reviveKey(world: EngineContext, key: Key): void {
  const wasOut = key.death !== undefined || key.rest !== undefined
  key.death = undefined
  key.rest = undefined
  key.streak = 0
  key.restLevel = 0
  key.suspected = false
  key.spared = false
  if (!wasOut) return
  world.fleet.refresh(key.seat)
  world.emit({ kind: 'key-revived', key: key.id })
  world.touch.key(key)
}

export function resumeProject(world: EngineContext, project: Project): void {
  if (project.suspension === undefined) return
  project.suspension = undefined
  world.emit({ kind: 'project-resumed', project: project.id })
  world.touch.project(project)
}

export function reopenLane(world: EngineContext, lane: Lane): void {
  const wasShut = lane.block !== undefined
  lane.block = undefined
  lane.unexplained = 0
  lane.notFound = 0
  if (!wasShut) return
  world.emit({ kind: 'lane-reopened', project: lane.project.id, lane: lane.table.name })
  world.touch.lane(lane)
}
