import type { Key, KeyGroup, Project, Tier, Writable } from './entities.ts'
import { isUsable } from './key.ts'
import { joined } from './project.ts'

type Fields = Writable<KeyGroup>

export function createGroup(project: Project, tier: Tier): KeyGroup {
  return {
    project,
    tier,
    keys: [],
    usable: [],
    next: 0,
    weight: 1,
    restricted: false,
    gone: false,
  }
}

/** Does not refresh the group: loading 50 000 keys of one project must not be quadratic. */
export function joinGroup(group: Fields, key: Key): void {
  group.keys = joined(group.keys, key)
  if (!isUsable(key)) return
  group.weight = group.usable.length === 0 ? key.weight : Math.max(group.weight, key.weight)
  group.restricted ||= key.allowedModels !== undefined
  group.usable = joined(group.usable, key)
}

/** Finds again which keys can be used, after one died, revived, left, or was switched. */
export function refreshGroup(group: Fields): void {
  const nextKey = nextKeyOf(group)
  group.usable = group.keys.filter(isUsable)
  group.next = nextKey ? Math.max(0, group.usable.indexOf(nextKey)) : 0
  group.restricted = group.usable.some((key) => key.allowedModels !== undefined)
  group.weight = group.usable.reduce((most, key) => Math.max(most, key.weight), 0) || 1
}

export function nextKeyOf({ usable, next }: KeyGroup): Key | undefined {
  return usable[next % Math.max(1, usable.length)]
}

/** The next turn is that of the key after this one. */
export function advanceKey(group: Fields, key: Key): void {
  if (group.usable.length > 1) group.next = group.usable.indexOf(key) + 1
}

export function closeGroup(group: Fields): void {
  group.gone = true
  group.usable = []
  leaveTier(group.tier)
}

export function createTier(priority: number, paid: boolean): Tier {
  return { priority, paid, groups: [], gone: 0, generation: 0 }
}

export const countGroups = ({ groups, gone }: Tier): number => groups.length - gone

/** Groups that are gone stay in their tier until they are half of it, so that removing one costs nothing. */
function leaveTier(tier: Writable<Tier>): void {
  tier.gone += 1
  if (tier.gone < 64 || tier.gone * 2 < tier.groups.length) return
  tier.groups = tier.groups.filter((group) => !group.gone)
  tier.gone = 0
  tier.generation += 1
}
