import type { Entry, Key, Lane, LaneTable, Project, Seat } from './entities.ts'
import type { FleetEvents } from './fleet.ts'
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
}

/** All lane tables, and every lane in them. Lanes come to be when they are first used. */
export type Lanes = {
  readonly tables: ReadonlyMap<string, LaneTable>
  readonly count: number
  tableFor(name: string, model: string): LaneTable
  entryFor(table: LaneTable, seat: Seat): Entry
  laneFor(table: LaneTable, project: Project): Lane
  applyLimits(lane: Lane): void
  /** Looks again at whatever hangs on a project, or on a key's seat, after either changed. */
  placeProject(project: Project): void
  placeKey(key: Key): void
  readonly fleetEvents: Omit<FleetEvents, 'keyGone'>
}

const tablesLookedAt = 16

export function createLanes(deps: Deps): Lanes {
  const tables = new Map<string, LaneTable>()
  let count = 0

  function tableFor(name: string, model: string): LaneTable {
    const known = tables.get(name)
    if (known) {
      // Map order is the order of use; keeping it costs nothing while tables are few.
      if (tables.size * 2 > deps.caps().tableCap) {
        tables.delete(name)
        tables.set(name, known)
      }
      return known
    }
    while (tables.size >= deps.caps().tableCap) dropTable(leastWorthKeeping(tables))
    const table = createLaneTable(name, model)
    tables.set(name, table)
    return table
  }

  function dropTable(table: LaneTable): void {
    count -= table.lanes.size
    for (const lane of table.lanes) dropLane(lane)
    tables.delete(table.name)
    deps.tableGone(table)
  }

  function laneFor(table: LaneTable, project: Project): Lane {
    const known = project.lanes.find((lane) => lane.table === table)
    if (known) return known
    const lane = createLane(table, project, deps.calendar)
    if (project.lanes.length === 0) project.lanes = [lane]
    else project.lanes.push(lane)
    table.lanes.add(lane)
    count += 1
    applyLimits(lane)
    for (const seat of project.seats) enter(lane, seat)
    return lane
  }

  function entryFor(table: LaneTable, seat: Seat): Entry {
    const known = entryOf(table, seat)
    if (known) return known
    if (count >= deps.caps().laneCap && forgetOldest(queueOf(table, seat.line))) count -= 1
    const lane = laneFor(table, seat.project)
    return lane.entries.find((entry) => entry.seat === seat) ?? enter(lane, seat)
  }

  function enter(lane: Lane, seat: Seat): Entry {
    const entry = addEntry(lane, seat)
    place(entry, deps.now())
    return entry
  }

  function placeSeat(seat: Seat): void {
    const now = deps.now()
    for (const lane of seat.project.lanes) {
      for (const entry of lane.entries) if (entry.seat === seat) place(entry, now)
    }
  }

  return {
    tables,
    get count() {
      return count
    },
    tableFor,
    entryFor,
    laneFor,
    applyLimits,
    placeProject(project) {
      for (const lane of project.lanes) placeLane(lane, deps.now())
    },
    placeKey: (key) => placeSeat(key.seat),
    fleetEvents: {
      seatAdded(seat) {
        for (const lane of seat.project.lanes) enter(lane, seat)
      },
      seatChanged: placeSeat,
      seatGone: dropSeat,
      projectGone(project, successor) {
        count -= project.lanes.length
        for (const lane of project.lanes.slice()) {
          if (successor) absorb(laneFor(lane.table, successor), lane, deps.now())
          dropLane(lane)
        }
        if (successor) successor.suspension ??= project.suspension
      },
    },
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

function dropSeat(seat: Seat): void {
  for (const lane of seat.project.lanes) {
    for (const entry of lane.entries.filter((entry) => entry.seat === seat)) dropEntry(entry)
  }
}

function applyLimits(lane: Lane): void {
  const { limits } = lane.project
  const operator = limits?.get(lane.table.name) ?? limits?.get('*')
  lane.ledger.limits = effectiveLimits({ operator, learned: lane.learned })
}

/** Two projects proved to be one: what either lane knew now holds for both. */
function absorb(into: Lane, from: Lane, now: number): void {
  into.ledger.absorb(from.ledger, now)
  if (from.block && from.block.gate.until > (into.block?.gate.until ?? 0)) into.block = from.block
  if (from.learned) into.learned = { ...from.learned, ...into.learned }
  into.unexplained = Math.max(into.unexplained, from.unexplained)
  into.notFound = Math.max(into.notFound, from.notFound)
  applyLimits(into)
  // Its key has just been used, or nobody would know whose it is.
  for (const entry of into.entries) entry.pass = Math.max(entry.pass, into.table.virtualTime + 1)
  placeLane(into, now)
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
