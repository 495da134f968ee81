import type { LaneTable } from '../inventory/entities.ts'
import { createLaneTable } from './lane-table.ts'
import { isTrivial } from './lane.ts'

type Deps = {
  readonly cap: () => number
  /** Takes all lanes out of a table that goes. */
  readonly onDrop: (table: LaneTable) => void
}

const comparedTables = 16

/** The lane tables by name. Beyond the cap the one that is missed least goes. */
export class LaneTables {
  readonly #deps: Deps
  readonly #tables = new Map<string, LaneTable>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  get(name: string): LaneTable | undefined {
    return this.#tables.get(name)
  }

  all(): IterableIterator<LaneTable> {
    return this.#tables.values()
  }

  tableFor(name: string, model: string): LaneTable {
    const known = this.#tables.get(name)
    if (known) return this.#used(known)
    const cap = Math.max(1, this.#deps.cap())
    while (this.#tables.size >= cap) this.#dropOne()
    const table = createLaneTable(name, model)
    this.#tables.set(name, table)
    return table
  }

  /** Map order is the order of use; keeping it costs nothing while tables are few. */
  #used(table: LaneTable): LaneTable {
    if (this.#tables.size * 2 > this.#deps.cap()) {
      this.#tables.delete(table.name)
      this.#tables.set(table.name, table)
    }
    return table
  }

  #dropOne(): void {
    const table = leastWorthKeeping(this.#tables.values())
    if (!table) return
    this.#tables.delete(table.name)
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
