import type { EngineContext } from '../inventory/engine-context.ts'
import type { Key, Project } from '../inventory/entities.ts'
import { isLabelled, keysOf } from '../inventory/project.ts'
import { keyOfOwnProject } from '../own-project.ts'
import type { ProjectSource } from '../types.ts'

/**
 * Keys turned out to be of one project: all keys of their projects move to the one that is known best. Nothing moves where people, or
 * Google, assigned them to different ones.
 */
export function joinProjects(
  context: EngineContext,
  keys: readonly Key[],
  source: ProjectSource,
): void {
  const projects = [...new Set(keys.map(({ group }) => group.project))].toSorted(byKnowledge)
  const [best, ...others] = projects
  if (best === undefined || others.length === 0) return
  if (others.some((one) => contradicts(one, best))) {
    context.emit({
      kind: 'projects-contradict',
      keys: keys.map(({ id }) => id),
      projects: projects.map(({ id }) => id),
    })
    return
  }
  for (const key of others.flatMap(keysOf)) {
    context.inventory.move(key, { project: best.id, source })
    context.changed.key(key)
  }
  context.emit({
    kind: 'projects-joined',
    keys: keysOf(best).map(({ id }) => id),
    project: best.id,
  })
}

/** A person's word, Google's word, and what was found here. */
const ranks = { labelled: 2, named: 1, found: 0 } as const

function rankOf(project: Project): number {
  if (isLabelled(project)) return ranks.labelled
  return project.id.startsWith('projects/') ? ranks.named : ranks.found
}

const contradicts = (other: Project, best: Project): boolean =>
  rankOf(other) > ranks.found && rankOf(other) === rankOf(best)

function byKnowledge(one: Project, other: Project): number {
  return rankOf(other) - rankOf(one) || ageOf(one) - ageOf(other)
}

/** The oldest key's own project comes first, so that the name does not depend on the order in which keys were asked. */
const ageOf = ({ id }: Project): number => keyOfOwnProject(id) ?? 0
