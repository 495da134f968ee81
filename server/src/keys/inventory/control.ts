import { clear } from '../effects/breaker.ts'
import type { Key, KeyConfig, Lane, Project } from './entities.ts'
import { markPaid } from './inventory.ts'
import type { LimitOverrides } from '../lanes/limits.ts'
import { reopenLane, resumeProject, reviveKey } from '../effects/penalties.ts'
import type { KeyId, ProjectId } from '../types.ts'
import type { ProjectProposal } from './project-proposals.ts'
import type { EngineContext } from './engine-context.ts'

export type ProjectChange = {
  readonly id: ProjectId
  /** null: nobody says so any more, and Google's word counts again. */
  readonly paid?: boolean | null | undefined
  /** By lane name, `*` for the others. Replaces the limits given before. */
  readonly limits?: Readonly<Record<string, LimitOverrides>> | undefined
}

/** What a person may do to keys; every verb takes effect at once. Unknown keys and projects are ignored, and answered `false`. */
export type Administration = {
  /** Makes the fleet equal to the list. Keys that stay keep all that is known of them. */
  setKeys(entries: readonly KeyConfig[]): void
  addKeys(entries: readonly KeyConfig[]): void
  removeKeys(ids: readonly KeyId[]): void
  enable(id: KeyId): boolean
  disable(id: KeyId): boolean
  /** Forgets everything held against a key, its project and its project's lanes: the one click. */
  reset(id: KeyId): boolean
  reopenLane(project: ProjectId, lane: string): boolean
  clearProject(project: ProjectId): boolean
  assignProject(id: KeyId, project: ProjectId): boolean
  setProject(change: ProjectChange): boolean
  projectProposals(): readonly ProjectProposal[]
}

type Deps = { readonly world: EngineContext; readonly changed: () => void }

export function administration({ world, changed }: Deps): Administration {
  const { fleet } = world

  function put(entry: KeyConfig): void {
    const key = fleet.keys.get(entry.id)
    if (!key) {
      fleet.add(entry)
      return
    }
    fleet.change(key, entry)
    const { project } = key.seat
    if (entry.paid !== undefined && entry.paid !== project.paid) {
      changeProject(world, project, { id: project.id, paid: entry.paid })
    }
  }

  function withKey(id: KeyId, act: (key: Key) => void): boolean {
    const key = fleet.keys.get(id)
    if (!key) return false
    act(key)
    world.touch.key(key)
    changed()
    return true
  }

  function withProject(id: ProjectId, act: (project: Project) => void): boolean {
    const project = fleet.projects.get(id)
    if (!project) return false
    act(project)
    world.touch.project(project)
    changed()
    return true
  }

  return {
    setKeys(entries) {
      const stay = new Set(entries.map(({ id }) => id))
      for (const key of fleet.keys.values()) if (!stay.has(key.id)) fleet.remove(key)
      for (const entry of entries) put(entry)
      changed()
    },
    addKeys(entries) {
      for (const entry of entries) put(entry)
      changed()
    },
    removeKeys(ids) {
      for (const id of ids) {
        const key = fleet.keys.get(id)
        if (key) fleet.remove(key)
      }
      changed()
    },
    enable: (id) => withKey(id, (key) => setDisabled(world, key, false)),
    disable: (id) => withKey(id, (key) => setDisabled(world, key, true)),
    reset: (id) =>
      withKey(id, (key) => {
        reviveKey(world, key)
        clearAll(world, key.seat.project)
        clear(world.egress)
      }),
    reopenLane: (id, name) =>
      withProject(id, (project) => {
        for (const lane of world.lanes.lanesOf(project)) {
          if (lane.table.name === name) clearLane(world, lane)
        }
      }),
    clearProject: (id) => withProject(id, (project) => clearAll(world, project)),
    assignProject: (id, project) =>
      withKey(id, (key) => {
        fleet.move(key, { project, source: 'operator' })
        world.proposals.dismiss(id)
      }),
    setProject: (change) =>
      withProject(change.id, (project) => changeProject(world, project, change)),
    projectProposals: () => world.proposals.list(),
  }
}

function setDisabled(world: EngineContext, key: Key, disabled: boolean): void {
  key.disabled = disabled
  world.fleet.refresh(key.seat)
}

function clearAll(world: EngineContext, project: Project): void {
  resumeProject(world, project)
  for (const lane of world.lanes.lanesOf(project)) clearLane(world, lane)
}

/** A person says the lane works: what was counted goes, what was learned about limits stays. */
function clearLane(world: EngineContext, lane: Lane): void {
  lane.ledger.forget()
  reopenLane(world, lane)
  world.touch.lane(lane)
  clear(world.modelBreaker(lane.table))
}

function changeProject(
  world: EngineContext,
  project: Project,
  { paid, limits }: ProjectChange,
): void {
  const lanes = world.lanes.lanesOf(project)
  if (paid === null) project.paidSource = undefined
  else if (paid !== undefined) {
    const changed = project.paid !== undefined && project.paid !== paid
    markPaid(project, paid)
    for (const lane of lanes) if (changed) lane.learned = undefined
    if (paid && project.suspension?.reason === 'project-needs-billing')
      resumeProject(world, project)
    // `limit: 0` speaks of a tier; the new one may have some.
    for (const lane of lanes) if (lane.block?.kind === 'quota-zero') reopenLane(world, lane)
    world.fleet.reseat(project)
  }
  const given = Object.entries(limits ?? {})
  if (limits) project.limits = given.length === 0 ? undefined : new Map(given)
  for (const lane of lanes) world.lanes.applyLimits(lane)
}
