import type { Project } from './entities.ts'
import type { Inventory } from './inventory.ts'
import type { ProjectId } from '../types.ts'

const ownProject = /^key:(\d+)$/

/** The project a resource was bound to; also when its key has been found to belong elsewhere since. */
export function ownerOf(fleet: Inventory, owner: ProjectId | undefined): Project | undefined {
  if (owner === undefined) return undefined
  const known = fleet.projects.get(owner)
  if (known) return known
  const id = ownProject.exec(owner)?.[1]
  return id === undefined ? undefined : fleet.keys.get(Number(id))?.seat.project
}
