import type { ProjectView } from '@gemini-balance/contract'
import type { ProjectSnapshot } from '../../keys/views.ts'
import { momentOrNever } from '../moments.ts'

export function presentProject(project: ProjectSnapshot, label: string | undefined): ProjectView {
  return {
    id: project.id,
    paid: project.paid,
    paidSource: project.paidSource,
    keys: project.keys,
    usableKeys: project.usableKeys,
    state: project.state,
    reason: project.reason,
    until: momentOrNever(project.until),
    message: project.message,
    limits: project.limits,
    label,
  }
}
