import type { ProjectDesk } from '../../admin/projects/handlers.ts'
import type { KeyEngine } from '../engine.ts'
import type { ProjectId } from '../types.ts'
import type { ProjectStore, ProjectSettings } from '../stores.ts'

type Deps = { readonly engine: KeyEngine; readonly store: ProjectStore }

export type ComposedProjects = ProjectDesk & {
  /** Tells the engine all that was said: after keys were loaded. */
  load(): Promise<void>
  /** Tells the engine what was said of the projects of these keys, which it may not have known before. */
  tellOf(keys: readonly { readonly project?: ProjectId | undefined }[]): void
  /** Tells the engine what was said of one project: its keys may have been learned just now. */
  apply(id: ProjectId): Promise<void>
}

/** What a person said of projects: in the store, and from there in the engine. */
export function composeProjects({ engine, store }: Deps): ComposedProjects {
  const isKnown = (id: ProjectId) => engine.views.keys({ project: id, limit: 0 }).total > 0

  const told = new Map<ProjectId, ProjectSettings>()

  async function tell(id: ProjectId): Promise<boolean> {
    const project = await store.get(id)
    told.set(id, project)
    return engine.control.setProject(project)
  }

  return {
    all: () => store.all(),
    async change(id, patch) {
      if (!isKnown(id)) return false
      await store.change(id, patch)
      if ('paid' in patch && patch.paid === undefined) engine.control.setProject({ id, paid: null })
      return tell(id)
    },
    async setLimits(id, lane, limits) {
      if (!isKnown(id)) return false
      await store.setLimits(id, lane, limits)
      return tell(id)
    },
    async load() {
      for (const project of await store.all()) {
        told.set(project.id, project)
        engine.control.setProject(project)
      }
    },
    tellOf(keys) {
      const ids = new Set(keys.map(({ project }) => project))
      for (const id of ids) {
        const project = id === undefined ? undefined : told.get(id)
        if (project !== undefined) engine.control.setProject(project)
      }
    },
    async apply(id) {
      await tell(id)
    },
  }
}
