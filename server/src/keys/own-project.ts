import type { KeyId, ProjectId } from './types.ts'

const ownProject = /^key:(\d+)$/

/** The project of a key of which nobody has said or learned where it belongs. */
export const ownProjectId = (id: KeyId): ProjectId => `key:${id}`

export function keyOfOwnProject(id: ProjectId): KeyId | undefined {
  const key = ownProject.exec(id)?.[1]
  return key === undefined ? undefined : Number(key)
}
