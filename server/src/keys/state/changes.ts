import type { Key, Lane, Project } from '../inventory/entities.ts'

/** What changed since it was last written. */
export type Changes = {
  readonly keys: Set<Key>
  readonly projects: Set<Project>
  readonly lanes: Set<Lane>
}

export const createChanges = (): Changes => ({
  keys: new Set(),
  projects: new Set(),
  lanes: new Set(),
})
