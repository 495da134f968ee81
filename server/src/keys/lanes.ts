import type { Entry, Lane, LaneTable, Project, Seat } from './entities.ts'
import {
  addEntry,
  createLaneTable,
  dropEntry,
  dropLane,
  entryOf,
  forgetOldest,
  isTrivial,
  place,
  placeLane,
  queueOf,
} from './lane-table.ts'
import { Ledger, type Calendar } from './ledger.ts'
import { effectiveLimits } from './limits.ts'

type Deps = {
  readonly calendar: Calendar
  readonly now: () => number
  readonly caps: () => { readonly laneCap: number; readonly tableCap: number }
  readonly tableGone: (table: LaneTable) => void
  readonly laneGone: (lane: Lane) => void
}

const tablesLookedAt = 16

/** All lane tables, and every lane in them. Lanes come to be when they are first used. */
export class Lanes {
  readonly #deps: Deps
  readonly #tables = new Map<string, LaneTable>()
  #count = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  get tables(): ReadonlyMap<string, LaneTable> {
    return this.#tables
  }

  tableFor(name: string, model: string): LaneTable {
    const { tableCap } = this.#deps.caps()
    const known = this.#tables.get(name)
    if (known) {
      // Map order is the order of use; keeping it costs nothing while tables are few.
      if (this.#tables.size * 2 > tableCap) {
        this.#tables.delete(name)
        this.#tables.set(name, known)
      }
      return known
    }
    while (this.#tables.size >= tableCap) this.#dropTable(leastWorthKeeping(this.#tables))
    const table = createLaneTable(name, model)
    this.#tables.set(name, table)
    return table
  }

  entryFor(table: LaneTable, seat: Seat): Entry {
    const known = entryOf(table, seat)
    if (known) return known
    const isFull = this.#count >= this.#deps.caps().laneCap
    if (isFull && forgetOldest(queueOf(table, seat.line))) this.#count -= 1
    const lane = this.laneFor(table, seat.project)
    return lane.entries.find((entry) => entry.seat === seat) ?? this.#enter(lane, seat)
  }

  laneFor(table: LaneTable, project: Project): Lane {
    const known = project.lanes.find((lane) => lane.table === table)
    if (known) return known
    const lane = createLane(table, project, this.#deps.calendar)
    if (project.lanes.length === 0) project.lanes = [lane]
    else project.lanes.push(lane)
    table.lanes.add(lane)
    this.#count += 1
    this.applyLimits(lane)
    for (const seat of project.seats) this.#enter(lane, seat)
    return lane
  }

  applyLimits(lane: Lane): void {
    const { limits } = lane.project
    const operator = limits?.get(lane.table.name) ?? limits?.get('*')
    lane.ledger.limits = effectiveLimits({ operator, learned: lane.learned })
  }

  /** Looks again at whatever hangs on a project, or on a key's seat, after either changed. */
  placeProject(project: Project): void {
    for (const lane of project.lanes) placeLane(lane, this.#deps.now())
  }

  placeSeat(seat: Seat): void {
    for (const lane of seat.project.lanes) {
      for (const entry of lane.entries) if (entry.seat === seat) place(entry, this.#deps.now())
    }
  }

  seatAdded(seat: Seat): void {
    for (const lane of seat.project.lanes) this.#enter(lane, seat)
  }

  seatGone(seat: Seat): void {
    for (const lane of seat.project.lanes) {
      for (const entry of lane.entries.filter((entry) => entry.seat === seat)) dropEntry(entry)
    }
  }

  projectGone(project: Project, successor: Project | undefined): void {
    for (const lane of project.lanes.slice()) {
      if (successor) this.#absorb(lane, successor)
      this.#forget(lane)
    }
    if (successor) successor.suspension ??= project.suspension
  }

  #enter(lane: Lane, seat: Seat): Entry {
    const entry = addEntry(lane, seat)
    place(entry, this.#deps.now())
    return entry
  }

  #dropTable(table: LaneTable): void {
    for (const lane of table.lanes) this.#forget(lane)
    this.#tables.delete(table.name)
    this.#deps.tableGone(table)
  }

  #forget(lane: Lane): void {
    this.#count -= 1
    this.#deps.laneGone(lane)
    dropLane(lane)
  }

  /** Two projects proved to be one: what either lane knew now holds for both. */
  #absorb(from: Lane, successor: Project): void {
    const now = this.#deps.now()
    const into = this.laneFor(from.table, successor)
    into.ledger.absorb(from.ledger, now)
    if (from.block && from.block.gate.until > (into.block?.gate.until ?? 0)) into.block = from.block
    if (from.learned) into.learned = { ...from.learned, ...into.learned }
    into.unexplained = Math.max(into.unexplained, from.unexplained)
    into.notFound = Math.max(into.notFound, from.notFound)
    this.applyLimits(into)
    // Its key has just been used, or nobody would know whose it is.
    for (const entry of into.entries) entry.pass = Math.max(entry.pass, into.table.virtualTime + 1)
    placeLane(into, now)
  }
}

function createLane(table: LaneTable, project: Project, calendar: Calendar): Lane {
  return {
    project,
    table,
    ledger: new Ledger(calendar),
    block: undefined,
    learned: undefined,
    unexplained: 0,
    notFound: 0,
    inFlight: 0,
    entries: [],
  }
}

/** Among the longest unused tables: one that knows nothing, else one with no call out, else the oldest. */
function leastWorthKeeping(tables: ReadonlyMap<string, LaneTable>): LaneTable {
  const oldest: LaneTable[] = []
  for (const table of tables.values()) {
    oldest.push(table)
    if (oldest.length === tablesLookedAt) break
  }
  const choice =
    oldest.find((table) => table.lanes.size <= 64 && [...table.lanes].every(isTrivial)) ??
    oldest.find((table) => table.inFlight === 0) ??
    oldest[0]
  if (!choice) throw new Error('The cap on lane tables must be at least 1.')
  return choice
}
