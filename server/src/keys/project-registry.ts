import type { KeyEngine } from './engine.ts'
import type { ProjectPatch, ProjectSettings, ProjectStore } from './stores.ts'
import type { LimitOverrides, ProjectId } from './types.ts'

type Deps = {
  readonly engine: Pick<KeyEngine, 'views' | 'control'>
  readonly store: ProjectStore
}

/** What the operator set for projects: in the store, and from there in the engine. */
export type ProjectRegistry = {
  all(): Promise<readonly ProjectSettings[]>
  /** Resolves to false when no key belongs to the project. */
  change(id: ProjectId, patch: ProjectPatch): Promise<boolean>
  /** Resolves to false when no key belongs to the project. */
  setLimits(id: ProjectId, lane: string, limits: LimitOverrides): Promise<boolean>
  /** Gives the engine all settings, once the keys are loaded. */
  load(): Promise<void>
  /** Gives the engine the settings of the projects of these keys, which may be new to it. */
  applyToProjectsOf(keys: readonly { readonly project?: ProjectId | undefined }[]): void
  /** Gives the engine the settings of a project of which it has just learned. */
  apply(id: ProjectId): Promise<void>
}

export function createProjectRegistry({ engine, store }: Deps): ProjectRegistry {
  const isKnown = (id: ProjectId) => engine.views.keys({ project: id, limit: 0 }).total > 0
  const applied = new Map<ProjectId, ProjectSettings>()

  async function apply(id: ProjectId): Promise<boolean> {
    const project = await store.get(id)
    applied.set(id, project)
    return engine.control.setProject(project)
  }

  return {
    all: () => store.all(),
    async change(id, patch) {
      if (!isKnown(id)) return false
      await store.change(id, patch)
      if ('paid' in patch && patch.paid === undefined) engine.control.setProject({ id, paid: null })
      return apply(id)
    },
    async setLimits(id, lane, limits) {
      if (!isKnown(id)) return false
      await store.setLimits(id, lane, limits)
      return apply(id)
    },
    async load() {
      for (const project of await store.all()) {
        applied.set(project.id, project)
        engine.control.setProject(project)
      }
    },
    applyToProjectsOf(keys) {
      for (const id of new Set(keys.map(({ project }) => project))) {
        const project = id === undefined ? undefined : applied.get(id)
        if (project !== undefined) engine.control.setProject(project)
      }
    },
    async apply(id) {
      await apply(id)
    },
  }
}
