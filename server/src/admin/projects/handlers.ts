import type { AuditDetail } from '@gemini-balance/contract'
import type { KeyEngine } from '../../keys/engine.ts'
import type { ProjectRegistry } from '../../keys/project-registry.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'
import { presentProject } from './present.ts'

type ProjectEndpoints =
  | 'listProjects'
  | 'changeProject'
  | 'setProjectLimits'
  | 'removeProjectLimits'

export type ProjectHandlerDeps = {
  readonly engine: Pick<KeyEngine, 'views'>
  readonly projects: Pick<ProjectRegistry, 'all' | 'change' | 'setLimits'>
  readonly audit: Auditor
}

export function projectHandlers(deps: ProjectHandlerDeps): Pick<Handlers, ProjectEndpoints> {
  const { engine, projects, audit } = deps

  async function recordChange(by: AdminCaller, subject: string, detail: AuditDetail) {
    await audit(by, { action: 'project-changed', subject, detail })
    return { done: true }
  }

  return {
    async listProjects(page) {
      const labels = new Map((await projects.all()).map(({ id, label }) => [id, label]))
      const { total, rows } = engine.views.projects(page)
      return { total, rows: rows.map((row) => presentProject(row, labels.get(row.id))) }
    },
    async changeProject({ id, ...terms }, by) {
      const { paid, label } = terms
      const patch = {
        ...(paid !== undefined && { paid: paid ?? undefined }),
        ...(label !== undefined && { label: label ?? undefined }),
      }
      const done = await projects.change(id, patch)
      return done ? recordChange(by, id, terms) : { done }
    },
    async setProjectLimits({ id, ...terms }, by) {
      const { model, rpm, tpm, rpd } = terms
      const limits = { minuteRequests: rpm, minuteTokens: tpm, dayRequests: rpd }
      const done = await projects.setLimits(id, model, limits)
      return done ? recordChange(by, id, terms) : { done }
    },
    async removeProjectLimits({ id, model }, by) {
      const done = await projects.setLimits(id, model, {})
      return done ? recordChange(by, id, { model }) : { done }
    },
  }
}
