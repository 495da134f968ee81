import { cooldownEndsAt } from '../inventory/cooldown.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { Project } from '../inventory/entities.ts'
import type { Paged, PageRequest, ProjectSnapshot } from '../views.ts'
import { paged } from './paged.ts'

export function snapshotProjects(
  context: EngineContext,
  page: PageRequest,
  now: number,
): Paged<ProjectSnapshot> {
  return paged([...context.inventory.projects.values()], page, (project) => snapshot(project, now))
}

function snapshot(project: Project, now: number): ProjectSnapshot {
  const { id, paid, paidSource, suspension, groups } = project
  const usableKeys = groups.reduce((sum, { usable }) => sum + usable.length, 0)
  const isSuspended = suspension !== undefined && cooldownEndsAt(suspension, now) > now
  const alive = usableKeys > 0 ? 'active' : 'dead'
  return {
    id,
    paid,
    paidSource,
    keys: groups.reduce((sum, { keys }) => sum + keys.length, 0),
    usableKeys,
    state: isSuspended ? 'suspended' : alive,
    reason: suspension?.reason,
    until: suspension?.until,
    message: suspension?.message,
    limits: Object.fromEntries(project.limits ?? []),
  }
}
