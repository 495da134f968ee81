import type { Cooldown, KeyCooldown, Suspension } from '../inventory/cooldown.ts'
import type { Key, LaneTable, Project } from '../inventory/entities.ts'
import { isFound } from '../inventory/key.ts'
import { keptUntil, untilKept, type Kept, type LaneMemory } from '../lanes/lane-memory.ts'
import {
  stateVersion as version,
  type KeyStateRow,
  type LaneStateRow,
  type ProjectStateRow,
} from '../state-rows.ts'

type LaneName = { readonly project: Project; readonly table: LaneTable }

export function keyRow(key: Key): KeyStateRow | undefined {
  const { deadMark, cooldown, streak, cooldownLevel, suspected } = key
  const { surveyed, marker, filesRefused } = key
  const known = isFound(key) || surveyed || filesRefused
  if (!deadMark && !cooldown && !known && streak === 0 && !suspected) return undefined
  return {
    kind: 'key',
    version,
    key: key.id,
    ...(isFound(key) && { learnedProject: key.group.project.id }),
    ...(key.projectSource === 'files' && { learnedFrom: 'files' }),
    ...(surveyed && { surveyed }),
    ...(marker && { marker }),
    ...(filesRefused && { filesRefused }),
    ...(deadMark && { deadMark }),
    ...(cooldown && { cooldown: keyCooldown(cooldown) }),
    streak,
    cooldownLevel,
    suspected,
  }
}

export function projectRow(project: Project): ProjectStateRow | undefined {
  const { id, paid, paidSource, suspension } = project
  const learnedPaid = paidSource === 'learned' ? paid : undefined
  if (learnedPaid === undefined && !suspension) return undefined
  return {
    kind: 'project',
    version,
    project: id,
    ...(learnedPaid !== undefined && { learnedPaid }),
    ...(suspension && { suspension: keptSuspension(suspension) }),
  }
}

export function laneRow(
  { project, table }: LaneName,
  memory: LaneMemory,
): LaneStateRow | undefined {
  if (!memory.cooldown && !memory.learned && !project.limits) return undefined
  const { id } = project
  return { kind: 'lane', version, project: id, lane: table.name, model: table.model, ...memory }
}

function keyCooldown({ since, until, needsTrial, reason, verdict }: KeyCooldown) {
  return { since, until: keptUntil(until), needsTrial, reason, verdict }
}

function keptSuspension({ since, until, needsTrial, reason, message, level }: Suspension) {
  return { since, until: keptUntil(until), needsTrial, reason, message, level }
}

/** A kept cooldown begins without a trial. */
export function cooldownKept(kept: Kept<Cooldown>, trialTimeoutMs: number): Cooldown {
  const { since, until, needsTrial } = kept
  return { since, until: untilKept(until), needsTrial, trialTimeoutMs, trialSince: undefined }
}
