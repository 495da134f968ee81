import type { ProjectView } from '@gemini-balance/contract'
import type { ProjectSnapshot } from '../../keys/views.ts'

export function presentProject(project: ProjectSnapshot, label: string | undefined): ProjectView {
  const { until } = project
  return {
    id: project.id,
    paid: project.paid,
    paidSource: project.paidSource,
    keys: project.keys,
    usableKeys: project.usableKeys,
    state: project.state,
    reason: project.reason,
    until: until === Infinity ? null : until,
    message: project.message,
    limits: project.limits,
    label,
  }
}
