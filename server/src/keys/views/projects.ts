import type { Project, SuspensionReason } from '../inventory/entities.ts'
import { gateOpensAt } from '../inventory/cooldown.ts'
import type { LimitOverrides } from '../lanes/limits.ts'
import type { ProjectId } from '../types.ts'
import { paged, type Page, type Paged } from './snapshots.ts'
import type { EngineContext } from '../inventory/engine-context.ts'

export type ProjectSnapshot = {
  readonly id: ProjectId
  readonly paid: boolean | undefined
  readonly paidSource: string | undefined
  readonly keys: number
  /** Of the keys, those neither dead nor switched off. */
  readonly usableKeys: number
  readonly state: 'active' | 'suspended' | 'dead'
  readonly reason: SuspensionReason | undefined
  readonly until: number | undefined
  readonly message: string | undefined
  /** What the operator set, by lane. */
  readonly limits: Readonly<Record<string, LimitOverrides>>
}

export function snapshotProjects(
  world: EngineContext,
  page: Page,
  now: number,
): Paged<ProjectSnapshot> {
  return paged([...world.fleet.projects.values()], page, (project) => snapshot(project, now))
}

function snapshot(project: Project, now: number): ProjectSnapshot {
  const { id, paid, paidSource, suspension, seats } = project
  const usableKeys = seats.reduce((sum, { usable }) => sum + usable.length, 0)
  const isSuspended = suspension !== undefined && gateOpensAt(suspension.gate, now) > now
  const alive = usableKeys > 0 ? 'active' : 'dead'
  return {
    id,
    paid,
    paidSource,
    keys: seats.reduce((sum, { keys }) => sum + keys.length, 0),
    usableKeys,
    state: isSuspended ? 'suspended' : alive,
    reason: suspension?.reason,
    until: suspension?.gate.until,
    message: suspension?.message,
    limits: Object.fromEntries(project.limits ?? []),
  }
}
