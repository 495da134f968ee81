import { hash } from '../hash.ts'
import type { FakeKeyState, FakeProject, FakeQuota, FakeTier } from '../options.ts'

export type Project = {
  readonly id: string
  /** Project number in Google's error messages. */
  readonly number: string
  readonly tier: FakeTier
  /** The project is declared `free`, so paid-only models have a limit of 0. */
  readonly paidModelsClosed: boolean
  readonly models: ReadonlySet<string> | undefined
  readonly quotas: Map<string, FakeQuota>
}

export type Key = { readonly value: string; readonly project: Project; state: FakeKeyState }

/** All keys and their projects. */
export type Registry = {
  find(value: string): Key | undefined
  /** Throws if there is no such project. */
  project(id: string): Project
  addProject(project: FakeProject): void
  setKeyState(value: string, state: FakeKeyState): void
  setQuota(project: string, model: string, quota: FakeQuota): void
}

const maxOpenKeys = 200_000

export function createRegistry(openKeys: boolean): Registry {
  const projects = new Map<string, Project>()
  const keys = new Map<string, Key>()
  let opened = 0

  function open(value: string): Key | undefined {
    if (!openKeys || opened >= maxOpenKeys) return undefined
    opened += 1
    const project = toProject({ id: `project-of-${value}`, keys: [] })
    const key: Key = { value, project, state: 'ok' }
    projects.set(project.id, project)
    keys.set(value, key)
    return key
  }

  function addProject(declared: FakeProject): void {
    const project = toProject(declared)
    projects.set(project.id, project)
    for (const key of declared.keys) {
      const { value, state = 'ok' } = typeof key === 'string' ? { value: key } : key
      keys.set(value, { value, project, state })
    }
  }

  function projectNamed(id: string): Project {
    const project = projects.get(id)
    if (project) return project
    throw new Error(`There is no project "${id}".`)
  }

  return {
    find: (value) => keys.get(value) ?? open(value),
    project: projectNamed,
    addProject,
    setKeyState: (value, state) => {
      const key = keys.get(value) ?? open(value)
      if (key) key.state = state
      else addProject({ id: `project-of-${value}`, keys: [{ value, state }] })
    },
    setQuota: (id, model, quota) => {
      projectNamed(id).quotas.set(model, quota)
    },
  }
}

function toProject(declared: FakeProject): Project {
  return {
    id: declared.id,
    number: /^\d+$/.test(declared.id) ? declared.id : String(100_000_000_000 + hash(declared.id)),
    tier: declared.tier ?? 'free',
    paidModelsClosed: declared.tier === 'free',
    models: declared.models && new Set(declared.models),
    quotas: new Map(Object.entries(declared.quotas ?? {})),
  }
}
