import type { KeyConfig, KeyId, ProjectId, ProjectSource } from '../types.ts'
import type { Key, KeyGroup, Project, Tier } from './entities.ts'
import { closeGroup, createGroup, createTier, joinGroup, refreshGroup } from './key-group.ts'
import {
  configureKey,
  createKey,
  isFound,
  isUsable,
  setGone,
  setGroup,
  setProjectSource,
  sourceOf,
} from './key.ts'
import { keyOfOwnProject, ownProjectId } from '../own-project.ts'
import { createProject, joinProject, leaveProject, setPaid } from './project.ts'

/** What the inventory tells the lanes, which hang on groups and projects. */
export type InventoryEvents = {
  readonly keyGone: (key: Key) => void
  readonly groupAdded: (group: KeyGroup) => void
  readonly groupGone: (group: KeyGroup) => void
  readonly groupChanged: (group: KeyGroup) => void
  readonly projectGone: (project: Project, successor: Project | undefined) => void
}

type Target = { readonly project: ProjectId; readonly source: ProjectSource | undefined }

/** All keys, projects, groups and tiers: who belongs where. It knows nothing of lanes and time. */
export class Inventory {
  readonly #keys = new Map<KeyId, Key>()
  readonly #projects = new Map<ProjectId, Project>()
  readonly #tiers: Tier[] = []
  /** Undefined when keys have changed since it was computed. */
  #hasBearerKey: boolean | undefined
  readonly #events: InventoryEvents

  constructor(events: InventoryEvents) {
    this.#events = events
  }

  get keys(): ReadonlyMap<KeyId, Key> {
    return this.#keys
  }

  get projects(): ReadonlyMap<ProjectId, Project> {
    return this.#projects
  }

  /** Highest priority first; a priority's two tiers (paid or not) stand side by side. */
  get tiers(): readonly Tier[] {
    return this.#tiers
  }

  /** Whether Google may take any of the usable keys as a Bearer credential. */
  get hasBearerKey(): boolean {
    this.#hasBearerKey ??= [...this.#keys.values()].some(
      (key) => isUsable(key) && !key.secret.isAuthKey,
    )
    return this.#hasBearerKey
  }

  /** The project a resource was bound to; also when its key has been found to belong elsewhere since. */
  ownerOf(owner: ProjectId | undefined): Project | undefined {
    if (owner === undefined) return undefined
    const known = this.#projects.get(owner)
    if (known) return known
    const key = keyOfOwnProject(owner)
    return key === undefined ? undefined : this.#keys.get(key)?.group.project
  }

  add(config: KeyConfig): Key {
    const project = this.#projectFor(config.project ?? ownProjectId(config.id))
    if (project.paid === undefined && config.paid !== undefined) {
      setPaid(project, config.paid, 'operator')
    }
    const key = createKey(config, this.#groupFor(project, config.priority ?? 0))
    this.#keys.set(key.id, key)
    this.#join(key, key.group)
    return key
  }

  change(key: Key, config: KeyConfig): void {
    configureKey(key, config)
    const found = isFound(key) && config.project === undefined
    const id = found ? key.group.project.id : (config.project ?? ownProjectId(key.id))
    if (!found) setProjectSource(key, sourceOf(config))
    if (id !== key.group.project.id || key.priority !== key.group.tier.priority) this.#move(key, id)
    else this.refresh(key.group)
  }

  remove(key: Key): void {
    this.#keys.delete(key.id)
    setGone(key)
    this.#events.keyGone(key)
    const { project } = key.group
    this.#leave(key)
    this.#closeProject(project, undefined)
  }

  move(key: Key, { project, source }: Target): void {
    setProjectSource(key, source)
    if (key.group.project.id !== project) this.#move(key, project)
  }

  /** Puts a project's keys into the tiers they belong to, after its paid mark changed. */
  regroup(project: Project): void {
    for (const group of project.groups.slice()) {
      if (group.tier.paid === (project.paid === true)) continue
      const moved = group.keys.splice(0)
      this.#closeGroup(group)
      for (const key of moved) this.#join(key, this.#groupFor(project, key.priority))
    }
  }

  /** After a key of the group died, revived, or was switched. */
  refresh(group: KeyGroup): void {
    this.#hasBearerKey = undefined
    refreshGroup(group)
    this.#events.groupChanged(group)
  }

  #move(key: Key, id: ProjectId): void {
    const before = key.group.project
    const project = this.#projectFor(id)
    this.#leave(key)
    this.#join(key, this.#groupFor(project, key.priority))
    this.#closeProject(before, project)
  }

  #join(key: Key, group: KeyGroup): void {
    this.#hasBearerKey = undefined
    setGroup(key, group)
    joinGroup(group, key)
    this.#events.groupChanged(group)
  }

  #leave(key: Key): void {
    this.#hasBearerKey = undefined
    const { group } = key
    group.keys.splice(group.keys.indexOf(key), 1)
    if (group.keys.length > 0) this.refresh(group)
    else this.#closeGroup(group)
  }

  #closeGroup(group: KeyGroup): void {
    this.#events.groupGone(group)
    leaveProject(group.project, group)
    closeGroup(group)
  }

  #closeProject(project: Project, successor: Project | undefined): void {
    if (project.groups.length > 0) return
    this.#projects.delete(project.id)
    this.#events.projectGone(project, successor)
  }

  #projectFor(id: ProjectId): Project {
    const known = this.#projects.get(id)
    if (known) return known
    const project = createProject(id)
    this.#projects.set(id, project)
    return project
  }

  #groupFor(project: Project, priority: number): KeyGroup {
    const known = project.groups.find((group) => group.tier.priority === priority)
    if (known) return known
    const group = createGroup(project, this.#tierFor(priority, project.paid === true))
    joinProject(project, group)
    group.tier.groups.push(group)
    this.#events.groupAdded(group)
    return group
  }

  #tierFor(priority: number, paid: boolean): Tier {
    const known = this.#tiers.find((tier) => tier.priority === priority && tier.paid === paid)
    if (known) return known
    const tier = createTier(priority, paid)
    this.#tiers.push(tier)
    this.#tiers.sort((a, b) => b.priority - a.priority || Number(a.paid) - Number(b.paid))
    return tier
  }
}
