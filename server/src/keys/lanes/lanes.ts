import type { Candidate, Lane, LaneTable, Project, KeyGroup } from '../inventory/entities.ts'
import type { KeyPolicy } from '../policy.ts'
import {
  addEntry,
  createLaneTable,
  dropEntry,
  dropLane,
  entryOf,
  isTrivial,
  look,
  place,
  placeLane,
  queueOf,
  sleepiest,
} from './lane-table.ts'
import { Ledger, type Calendar } from './ledger.ts'
import { laneMemory, recall, type LaneMemory } from './archive/lane-memory.ts'
import { effectiveLimits, limitNames, nothingLearned } from './limits.ts'
import { LaneArchive, type Sleeper } from './archive/lane-archive.ts'

type Policy = Pick<KeyPolicy, 'laneCap' | 'tableCap' | 'trialPatienceMs'>
type Deps = {
  readonly calendar: Calendar
  readonly now: () => number
  readonly policy: () => Policy
  readonly tableGone: (table: LaneTable) => void
  readonly laneGone: (lane: Lane) => void
}

const tablesLookedAt = 16
const wakesPerCall = 256

/**
 * All lane tables, and every lane in them. Lanes come to be when they are first used; beyond a cap those that are not needed now
 * are forgotten when there is nothing to know of them, and else put to sleep.
 */
export class Lanes {
  readonly #deps: Deps
  readonly #tables = new Map<string, LaneTable>()
  readonly #sleeping = new LaneArchive()
  #count = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  get tables(): ReadonlyMap<string, LaneTable> {
    return this.#tables
  }

  tableFor(name: string, model: string): LaneTable {
    const { tableCap } = this.#deps.policy()
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

  entryFor(table: LaneTable, seat: KeyGroup): Candidate {
    const known = entryOf(table, seat)
    if (known) return known
    if (this.#count >= this.#deps.policy().laneCap) this.#makeRoom(table, seat)
    const lane = this.laneFor(table, seat.project)
    return lane.entries.find((entry) => entry.seat === seat) ?? this.#enter(lane, seat)
  }

  /** An entry of a new lane, in no queue yet: who calls uses it, or places the lane. */
  freshEntry(table: LaneTable, seat: KeyGroup): Candidate | undefined {
    if (this.#count >= this.#deps.policy().laneCap) this.#makeRoom(table, seat)
    const lane = this.#open(table, seat.project)
    for (const entry of lane.entries) look(entry, this.#deps.now())
    return lane.entries.find((entry) => entry.seat === seat)
  }

  laneFor(table: LaneTable, project: Project): Lane {
    const known = project.lanes.find((lane) => lane.table === table)
    if (known) return known
    const lane = this.#open(table, project)
    this.placeLane(lane)
    return lane
  }

  #open(table: LaneTable, project: Project): Lane {
    const lane = createLane(table, project, this.#deps.calendar)
    if (project.lanes.length === 0) project.lanes = [lane]
    else project.lanes.push(lane)
    table.lanes.push(lane)
    this.#count += 1
    const memory = this.#sleeping.take(table, project)
    if (memory) this.recall(lane, memory)
    else this.applyLimits(lane)
    for (const seat of project.seats) addEntry(lane, seat)
    return lane
  }

  /** All lanes of a project, none of them asleep. */
  lanesOf(project: Project): readonly Lane[] {
    for (const table of this.#sleeping.tablesOf(project)) this.laneFor(table, project)
    return project.lanes
  }

  recall(lane: Lane, memory: LaneMemory): void {
    const { trialPatienceMs: patienceMs } = this.#deps.policy()
    recall(lane, memory, { now: this.#deps.now(), patienceMs })
    this.applyLimits(lane)
  }

  get sleepers(): Iterable<Sleeper> {
    return this.#sleeping.all()
  }

  /** A lane asleep as it would be awake; nothing knows of it. */
  picture({ table, seat, standing, wakeAt }: Sleeper): Lane {
    const lane = createLane(table, seat.project, this.#deps.calendar)
    const memory = this.#sleeping.peek(table, seat.project)
    if (memory) this.recall(lane, memory)
    Object.assign(addEntry(lane, seat), { standing, wakeAt })
    return lane
  }

  /** When a seat's lane may be of use, as far as can be said without waking it. */
  opensAt(table: LaneTable, seat: KeyGroup): number {
    const entry = entryOf(table, seat)
    if (entry) return entry.standing === 'ready' ? 0 : entry.wakeAt
    return this.#sleeping.opensAt(table, seat.project)
  }

  memoryOf(table: LaneTable, project: Project): LaneMemory | undefined {
    const lane = project.lanes.find((one) => one.table === table)
    return lane ? laneMemory(lane, this.#deps.now()) : this.#sleeping.peek(table, project)
  }

  memoriesOf(project: Project): { readonly table: LaneTable; readonly memory: LaneMemory }[] {
    const tables = [...project.lanes.map(({ table }) => table), ...this.#sleeping.tablesOf(project)]
    return tables.flatMap((table) => {
      const memory = this.memoryOf(table, project)
      return memory ? [{ table, memory }] : []
    })
  }

  /** Lets sleepers whose time has come take their turn. Says whether there were any. */
  wakeSleepers(table: LaneTable, now: number): boolean {
    const seats = this.#sleeping.due(table, now, wakesPerCall)
    for (const seat of seats) queueOf(table, seat.line).returned.push(seat)
    return seats.length > 0
  }

  /** When something in the table wakes next; undefined when nothing does by itself. */
  wakesAt(table: LaneTable): number | undefined {
    const wakeAt = Math.min(table.wakes.peek()?.wakeAt ?? Infinity, this.#sleeping.wakesAt(table))
    return wakeAt === Infinity ? undefined : wakeAt
  }

  applyLimits(lane: Lane): void {
    const { limits } = lane.project
    const operator = limits?.get(lane.table.name) ?? limits?.get('*')
    lane.ledger.limits = effectiveLimits({ operator, learned: lane.learned })
  }

  /** Looks again at whatever hangs on a project, or on a key's seat, after either changed. */
  placeProject(project: Project): void {
    for (const lane of project.lanes) placeLane(lane, this.#deps.now())
    this.#stir(project)
  }

  placeLane(lane: Lane): void {
    placeLane(lane, this.#deps.now())
  }

  placeSeat(seat: KeyGroup): void {
    for (const lane of seat.project.lanes) {
      for (const entry of lane.entries) if (entry.seat === seat) place(entry, this.#deps.now())
    }
    this.#stir(seat.project)
  }

  seatAdded(seat: KeyGroup): void {
    for (const lane of this.lanesOf(seat.project)) {
      if (!lane.entries.some((entry) => entry.seat === seat)) this.#enter(lane, seat)
    }
  }

  seatGone(seat: KeyGroup): void {
    for (const lane of this.lanesOf(seat.project)) {
      for (const entry of lane.entries.filter((entry) => entry.seat === seat)) dropEntry(entry)
    }
  }

  projectGone(project: Project, successor: Project | undefined): void {
    for (const lane of this.lanesOf(project).slice()) {
      if (successor) this.#absorb(lane, successor)
      this.#forget(lane)
    }
    if (successor) successor.suspension ??= project.suspension
  }

  #enter(lane: Lane, seat: KeyGroup): Candidate {
    const entry = addEntry(lane, seat)
    place(entry, this.#deps.now())
    return entry
  }

  #stir(project: Project): void {
    if (this.#sleeping.size === 0) return
    for (const { table, seat } of this.#sleeping.stir(project)) {
      queueOf(table, seat.line).returned.push(seat)
    }
  }

  /** Puts the lane to sleep that is missed least; one of which nothing is known is forgotten. */
  #makeRoom(table: LaneTable, { line }: KeyGroup): void {
    const entry = sleepiest(table, queueOf(table, line))
    if (!entry) return
    const { lane, seat, standing, wakeAt } = entry
    const isReady = standing === 'ready'
    if (!isTrivial(lane) && standing) {
      const memory = laneMemory(lane, this.#deps.now())
      dropLane(lane)
      this.#sleeping.put({ table, seat, standing, wakeAt: isReady ? Infinity : wakeAt }, memory)
    } else dropLane(lane)
    this.#count -= 1
    if (isReady) queueOf(table, seat.line).returned.push(seat)
  }

  #dropTable(table: LaneTable): void {
    this.#sleeping.dropTable(table)
    for (const lane of table.lanes.slice()) this.#forget(lane)
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
    if (from.learned) {
      into.learned ??= nothingLearned()
      for (const name of limitNames) into.learned[name] ??= from.learned[name]
    }
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
    place: table.lanes.length,
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
    oldest.find((table) => table.lanes.length <= 64 && table.lanes.every(isTrivial)) ??
    oldest.find((table) => table.inFlight === 0) ??
    oldest[0]
  if (!choice) throw new Error('The cap on lane tables must be at least 1.')
  return choice
}
