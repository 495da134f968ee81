import type { KeyEngine } from '../../keys/engine.ts'
import type { ProjectRegistry } from '../../keys/project-registry.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'

type ProjectsEndpoints =
  | 'getProjects'
  | 'changeProject'
  | 'setProjectLimits'
  | 'removeProjectLimits'

type Deps = {
  readonly engine: KeyEngine
  readonly projects: Pick<ProjectRegistry, 'all' | 'change' | 'setLimits'>
  readonly audit: Auditor
}

export function projectsHandlers({
  engine,
  projects,
  audit,
}: Deps): Pick<Handlers, ProjectsEndpoints> {
  /** What was really changed is written down. */
  async function changed(
    by: AdminCaller,
    { project, ...detail }: { readonly project: string; readonly [what: string]: unknown },
    change: Promise<boolean>,
  ) {
    const done = await change
    if (done) await audit(by, { action: 'project-changed', subject: project, detail })
    return { done }
  }

  return {
    async getProjects(page) {
      const labels = new Map((await projects.all()).map(({ id, label }) => [id, label]))
      const { total, rows } = engine.views.projects(page)
      return { total, rows: rows.map((row) => ({ ...row, label: labels.get(row.id) })) }
    },
    changeProject(input, by) {
      const { project, paid, label } = input
      const patch = {
        ...(paid !== undefined && { paid: paid ?? undefined }),
        ...(label !== undefined && { label: label ?? undefined }),
      }
      return changed(by, input, projects.change(project, patch))
    },
    setProjectLimits(input, by) {
      const { project, model, rpm, tpm, rpd } = input
      const limits = { minuteRequests: rpm, minuteTokens: tpm, dayRequests: rpd }
      return changed(by, input, projects.setLimits(project, model, limits))
    },
    removeProjectLimits: (input, by) =>
      changed(by, input, projects.setLimits(input.project, input.model, {})),
  }
}
