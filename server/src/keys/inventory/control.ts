import { clear } from '../effects/breaker.ts'
import { clearEgress } from '../effects/egress.ts'
import { reopenLane, resumeProject, reviveKey } from '../effects/penalties.ts'
import { applyLimits, forgetLimits } from '../lanes/lane.ts'
import type { KeyConfig, KeyId, LimitOverrides, ProjectId } from '../types.ts'
import type { EngineContext } from './engine-context.ts'
import type { Key, Lane, Project } from './entities.ts'
import { setDisabled } from './key.ts'
import type { ProjectProposal } from './project-proposals.ts'
import { forgetPaidSource, setLimitOverrides, setPaid } from './project.ts'

export type ProjectChange = {
  readonly id: ProjectId
  /** `null`: the operator no longer says, and what Google says counts again. */
  readonly paid?: boolean | null | undefined
  /** By lane name, `*` for the others. Replaces the limits given before. */
  readonly limits?: Readonly<Record<string, LimitOverrides>> | undefined
}

/** What an operator may do to keys, their projects and lanes, at once. Unknown keys and projects are ignored and answered with `false`. */
export type KeyControl = {
  /** Makes the keys equal to the list. What is known of those that stay is kept. */
  setKeys(configs: readonly KeyConfig[]): void
  addKeys(configs: readonly KeyConfig[]): void
  removeKeys(ids: readonly KeyId[]): void
  enable(id: KeyId): boolean
  disable(id: KeyId): boolean
  /** Forgets everything held against a key, its project and its project's lanes. */
  reset(id: KeyId): boolean
  reopenLane(project: ProjectId, lane: string): boolean
  clearProject(project: ProjectId): boolean
  assignProject(id: KeyId, project: ProjectId): boolean
  setProject(change: ProjectChange): boolean
  projectProposals(): readonly ProjectProposal[]
  /** Takes a key out of the pool, until it answers again. */
  removeFromPool(key: KeyId): boolean
}

type Deps = {
  readonly context: EngineContext
  readonly changed: () => void
  readonly removeFromPool: (key: KeyId) => boolean
}

export function createControl({ context, changed, removeFromPool }: Deps): KeyControl {
  const { inventory } = context

  function put(config: KeyConfig): void {
    const key = inventory.keys.get(config.id)
    if (!key) {
      inventory.add(config)
      return
    }
    inventory.change(key, config)
    const { project } = key.group
    if (config.paid !== undefined && config.paid !== project.paid) {
      changeProject(context, project, { id: project.id, paid: config.paid })
    }
  }

  function withKey(id: KeyId, act: (key: Key) => void): boolean {
    const key = inventory.keys.get(id)
    if (!key) return false
    act(key)
    context.changed.key(key)
    changed()
    return true
  }

  function withProject(id: ProjectId, act: (project: Project) => void): boolean {
    const project = inventory.projects.get(id)
    if (!project) return false
    act(project)
    context.changed.project(project)
    changed()
    return true
  }

  return {
    setKeys(configs) {
      const stay = new Set(configs.map(({ id }) => id))
      for (const key of inventory.keys.values()) if (!stay.has(key.id)) inventory.remove(key)
      for (const config of configs) put(config)
      changed()
    },
    addKeys(configs) {
      for (const config of configs) put(config)
      changed()
    },
    removeKeys(ids) {
      for (const id of ids) {
        const key = inventory.keys.get(id)
        if (key) inventory.remove(key)
      }
      changed()
    },
    enable: (id) => withKey(id, (key) => switchKey(context, key, false)),
    disable: (id) => withKey(id, (key) => switchKey(context, key, true)),
    reset: (id) =>
      withKey(id, (key) => {
        reviveKey(context, key)
        resetProject(context, key.group.project)
        clearEgress(context.egress)
      }),
    reopenLane: (id, name) =>
      withProject(id, (project) => {
        for (const lane of context.lanes.lanesOf(project)) {
          if (lane.table.name === name) resetLane(context, lane)
        }
      }),
    clearProject: (id) => withProject(id, (project) => resetProject(context, project)),
    assignProject: (id, project) =>
      withKey(id, (key) => {
        inventory.move(key, { project, source: 'operator' })
        context.proposals.dismiss(id)
      }),
    setProject: (change) =>
      withProject(change.id, (project) => changeProject(context, project, change)),
    projectProposals: () => context.proposals.list(),
    removeFromPool,
  }
}

function switchKey(context: EngineContext, key: Key, disabled: boolean): void {
  setDisabled(key, disabled)
  context.inventory.refresh(key.group)
}

function resetProject(context: EngineContext, project: Project): void {
  resumeProject(context, project)
  for (const lane of context.lanes.lanesOf(project)) resetLane(context, lane)
}

/** The operator says that the lane works: counts are forgotten, learned limits stay. */
function resetLane(context: EngineContext, lane: Lane): void {
  lane.ledger.forget()
  reopenLane(context, lane)
  context.changed.lane(lane)
  clear(context.modelBreaker(lane.table))
}

function changeProject(
  context: EngineContext,
  project: Project,
  { paid, limits }: ProjectChange,
): void {
  if (paid === null) forgetPaidSource(project)
  else if (paid !== undefined) changePaid(context, project, paid)
  if (limits) setLimitOverrides(project, limits)
  for (const lane of context.lanes.lanesOf(project)) applyLimits(lane)
}

function changePaid(context: EngineContext, project: Project, paid: boolean): void {
  const changed = project.paid !== undefined && project.paid !== paid
  const lanes = context.lanes.lanesOf(project)
  setPaid(project, paid, 'operator')
  for (const lane of lanes) if (changed) forgetLimits(lane)
  if (paid && project.suspension?.reason === 'project-needs-billing') {
    resumeProject(context, project)
  }
  // `limit: 0` is a limit of the tier; the new tier may have some.
  for (const lane of lanes) if (lane.cooldown?.kind === 'quota-zero') reopenLane(context, lane)
  context.inventory.regroup(project)
}
