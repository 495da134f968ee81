import type { LaneTable } from '../inventory/entities.ts'
import { createLaneTable } from './lane-table.ts'
import { isTrivial } from './lane.ts'

type Deps = {
  readonly cap: () => number
  /** Takes all lanes out of a table that goes. */
  readonly onDrop: (table: LaneTable) => void
}

const comparedTables = 16
const maxUnproved = 32

/**
 * The lane tables by name. Beyond the cap the one that is missed least goes. Clients can invent any number of models, so a table is
 * unproved until Google's answer shows that its model exists; unproved tables are few, are not stored, and replace only one another.
 */
export class LaneTables {
  readonly #deps: Deps
  readonly #proved = new Map<string, LaneTable>()
  readonly #unproved = new Map<string, LaneTable>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  get(name: string): LaneTable | undefined {
    return this.#proved.get(name) ?? this.#unproved.get(name)
  }

  *all(): IterableIterator<LaneTable> {
    yield* this.#proved.values()
    yield* this.#unproved.values()
  }

  isProved({ name }: LaneTable): boolean {
    return this.#proved.has(name)
  }

  tableFor(name: string, model: string): LaneTable {
    const known = this.#proved.get(name)
    if (known) return this.#used(known)
    const unproved = this.#unproved.get(name)
    if (unproved) return unproved
    const table = createLaneTable(name, model)
    this.#add(this.#unproved, table, Math.min(maxUnproved, this.#cap()))
    return table
  }

  /** The model exists. Returns whether that is news. */
  prove(table: LaneTable): boolean {
    if (this.#unproved.get(table.name) !== table) return false
    this.#unproved.delete(table.name)
    this.#add(this.#proved, table, this.#cap())
    return true
  }

  #cap(): number {
    return Math.max(1, this.#deps.cap())
  }

  #add(tables: Map<string, LaneTable>, table: LaneTable, cap: number): void {
    while (tables.size >= cap) this.#dropOne(tables)
    tables.set(table.name, table)
  }

  /** Map order is the order of use; keeping it costs nothing while tables are few. */
  #used(table: LaneTable): LaneTable {
    if (this.#proved.size * 2 > this.#deps.cap()) {
      this.#proved.delete(table.name)
      this.#proved.set(table.name, table)
    }
    return table
  }

  #dropOne(tables: Map<string, LaneTable>): void {
    const table = leastWorthKeeping(tables.values())
    if (!table) return
    tables.delete(table.name)
    this.#deps.onDrop(table)
  }
}

/** Among the longest unused tables: one that knows nothing, else one with no call out, else the oldest. */
function leastWorthKeeping(tables: Iterable<LaneTable>): LaneTable | undefined {
  const oldest: LaneTable[] = []
  for (const table of tables) {
    oldest.push(table)
    if (oldest.length === comparedTables) break
  }
  return (
    oldest.find(({ lanes }) => lanes.length <= 64 && lanes.every(isTrivial)) ??
    oldest.find((table) => table.inFlight === 0) ??
    oldest[0]
  )
}
