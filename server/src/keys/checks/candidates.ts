import type { Key } from '../inventory/entities.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { KeyId } from '../types.ts'
import type { Random } from '../../runtime/time/clock.ts'

type Wish = {
  readonly count: number
  readonly random: Random
  readonly isTaken: (key: Key) => boolean
}

const looksPerKey = 50

/** Usable keys drawn at random, without walking the whole inventory. */
export function drawCandidates(inventory: Inventory, { count, random, isTaken }: Wish): KeyId[] {
  const groups = inventory.tiers.reduce((sum, tier) => sum + tier.groups.length, 0)
  const chosen = new Set<KeyId>()
  // Small inventories are walked from a random place, large ones are sampled.
  const start = Math.floor(random() * groups)
  const looks = Math.min(groups, Math.max(looksPerKey, count * looksPerKey))
  for (let look = 0; look < looks && chosen.size < count; look += 1) {
    const index = groups <= looks ? (start + look) % groups : Math.floor(random() * groups)
    const key = keyAt(inventory, index)
    if (key && isGood(key) && !isTaken(key)) chosen.add(key.id)
  }
  return [...chosen]
}

function keyAt(inventory: Inventory, index: number): Key | undefined {
  let left = index
  for (const { groups } of inventory.tiers) {
    const group = groups[left]
    if (group) return group.usable[group.next % Math.max(1, group.usable.length)]
    left -= groups.length
  }
  return undefined
}

function isGood({ cooldown, group }: Key): boolean {
  return cooldown === undefined && group.project.suspension === undefined
}
