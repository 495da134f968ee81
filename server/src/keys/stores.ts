import type { StateChange, StateRow } from './state-rows.ts'
import type { KeyConfig, KeyId, LimitOverrides, ProjectId } from './types.ts'

/** A key as it is stored; the engine takes it as it is. */
export type KeyRow = KeyConfig & {
  /** The last characters of its value; empty where they would reveal too much. */
  readonly lastFour: string
  readonly label: string | undefined
  readonly note: string | undefined
  readonly tags: readonly string[]
  readonly createdAt: number
  readonly firstUsedAt: number | undefined
  readonly lastUsedAt: number | undefined
}

/** What an operator may change of a key. */
export type KeyPatch = Partial<
  Pick<
    KeyRow,
    | 'project'
    | 'projectSource'
    | 'paid'
    | 'priority'
    | 'weight'
    | 'allowedModels'
    | 'label'
    | 'note'
    | 'tags'
    | 'disabled'
  >
>

export type KeySync = { readonly added: readonly KeyRow[]; readonly removed: readonly KeyId[] }

/** When a key was used: first since the last write, and last. */
export type KeyUse = { readonly id: KeyId; readonly firstAt: number; readonly lastAt: number }

/** The keys. There may be many values: work on all of them lets requests in between. */
export type KeyStore = {
  /** In the order in which they were added. */
  all(): Promise<KeyRow[]>
  /** Adds the keys that are missing, in one step; blanks, duplicates and known ones are skipped. Returns the new ones. */
  add(values: readonly string[]): Promise<KeyRow[]>
  /** Makes the stored keys equal to the list, in one step; keys that stay keep their row. */
  syncValues(values: readonly string[]): Promise<KeySync>
  /** The ids of the stored ones, by value. */
  find(values: readonly string[]): Promise<ReadonlyMap<string, KeyId>>
  /** All of them, in one step; unknown ids are skipped. */
  remove(ids: readonly KeyId[]): Promise<void>
  /** Changes what the patches name, in one step; undefined removes a value. Unknown ids are skipped. */
  update(patches: ReadonlyMap<KeyId, KeyPatch>): Promise<void>
  recordUse(uses: readonly KeyUse[]): Promise<void>
}

/** What an operator set for a project. */
export type ProjectSettings = {
  readonly id: ProjectId
  readonly label: string | undefined
  readonly paid: boolean | undefined
  /** By lane, `*` for the others. */
  readonly limits: Readonly<Record<string, LimitOverrides>>
}

export type ProjectPatch = Partial<Pick<ProjectSettings, 'label' | 'paid'>>

/** Settings of projects. A project for which nothing was set has no row. */
export type ProjectStore = {
  all(): Promise<ProjectSettings[]>
  get(id: ProjectId): Promise<ProjectSettings>
  /** Changes what the patch names; undefined removes a value. */
  change(id: ProjectId, patch: ProjectPatch): Promise<void>
  /** Replaces the limits of the lane; without any limit its row is removed. */
  setLimits(id: ProjectId, lane: string, limits: LimitOverrides): Promise<void>
}

/** What the key engine must know again after a restart. */
export type EngineStateStore = {
  /** Rows that this version cannot read are left out. */
  all(): Promise<StateRow[]>
  /** Replaces the rows of these ids and deletes those whose row is undefined; all or nothing. */
  apply(changes: readonly StateChange[]): Promise<void>
}
