import type { LimitOverrides, ProjectId } from '../types.ts'
import type { Suspension } from './cooldown.ts'
import type { Key, KeyGroup, Lane, Project, Writable } from './entities.ts'

type Fields = Writable<Project>

export function createProject(id: ProjectId): Project {
  return {
    id,
    paid: undefined,
    paidSource: undefined,
    limits: undefined,
    suspension: undefined,
    groups: [],
    lanes: [],
    firstArchived: -1,
  }
}

export function setPaid(project: Fields, paid: boolean, source: 'operator' | 'learned'): void {
  project.paid = paid
  project.paidSource = source
}

/** What Google says counts again. */
export function forgetPaidSource(project: Fields): void {
  project.paidSource = undefined
}

export function setLimitOverrides(
  project: Fields,
  limits: Readonly<Record<string, LimitOverrides>>,
): void {
  const given = Object.entries(limits)
  project.limits = given.length === 0 ? undefined : new Map(given)
}

export function setSuspension(project: Fields, suspension: Suspension | undefined): void {
  project.suspension = suspension
}

export function setFirstArchived(project: Fields, row: number): void {
  project.firstArchived = row
}

export function joinProject(project: Fields, group: KeyGroup): void {
  project.groups = joined(project.groups, group)
}

export function leaveProject(project: Project, group: KeyGroup): void {
  project.groups.splice(project.groups.indexOf(group), 1)
}

export function addLane(project: Fields, lane: Lane): void {
  project.lanes = joined(project.lanes, lane)
}

/** An array that starts by `push` reserves 17 places; most projects have one key. */
export function joined<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item]
  list.push(item)
  return list
}

export const keysOf = ({ groups }: Project): Key[] => groups.flatMap(({ keys }) => keys)

/** A person assigned a key to it. */
export function isLabelled(project: Project): boolean {
  return keysOf(project).some(
    ({ projectSource: source }) => source === 'operator' || source === 'imported',
  )
}
