import type { Key } from '../inventory/entities.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { KeyId } from '../types.ts'
import type { Random } from '../../runtime/clock.ts'

type Wish = {
  readonly count: number
  readonly random: Random
  readonly isTaken: (key: Key) => boolean
}

const looksPerKey = 50

/** Usable keys drawn at random, without looking through the whole fleet. */
export function drawCandidates(fleet: Inventory, { count, random, isTaken }: Wish): KeyId[] {
  const seats = fleet.lines.reduce((sum, line) => sum + line.seats.length, 0)
  const chosen = new Set<KeyId>()
  // Small fleets are walked from a random place, large ones sampled.
  const start = Math.floor(random() * seats)
  const looks = Math.min(seats, Math.max(looksPerKey, count * looksPerKey))
  for (let look = 0; look < looks && chosen.size < count; look += 1) {
    const index = seats <= looks ? (start + look) % seats : Math.floor(random() * seats)
    const key = keyAt(fleet, index)
    if (key && isGood(key) && !isTaken(key)) chosen.add(key.id)
  }
  return [...chosen]
}

function keyAt(fleet: Inventory, index: number): Key | undefined {
  let rest = index
  for (const { seats } of fleet.lines) {
    const seat = seats[rest]
    if (seat) return seat.usable[seat.next % Math.max(1, seat.usable.length)]
    rest -= seats.length
  }
  return undefined
}

function isGood({ rest, seat }: Key): boolean {
  return rest === undefined && seat.project.suspension === undefined
}
