import { Column } from './column.ts'
import { standings, type LaneTable, type Project, type Seat, type Standing } from './entities.ts'
import { IndexedHeap } from './indexed-heap.ts'
import { LaneMemories, type LaneMemory } from './lane-memory.ts'

/** A lane that is remembered and not in use. */
export type Sleeper = {
  readonly table: LaneTable
  readonly seat: Seat
  readonly standing: Standing
  readonly wakeAt: number
}

type Row = number
type Dormitory = { readonly number: number; readonly heap: IndexedHeap<Row> }

const nobody = -1

/**
 * Lanes asleep: what is known of each as a row of numbers, in a queue by the time at which it may be of use again. Those whose
 * time has come wait for their turn, still asleep. A table's standings count them.
 */
export class SleepingLanes {
  readonly #memories = new LaneMemories()
  readonly #wakeAt = new Column(Float64Array)
  readonly #place = new Column(Int32Array)
  readonly #standing = new Column(Uint8Array)
  readonly #table = new Column(Int32Array)
  /** The next row of the same project, or the next free one. */
  readonly #next = new Column(Int32Array)
  readonly #seats: (Seat | undefined)[] = []
  readonly #first = new Map<Project, Row>()
  readonly #dormitories = new Map<LaneTable, Dormitory>()
  readonly #tables = new Map<number, LaneTable>()
  #tablesSeen = 0
  #firstFree: Row = nobody
  #size = 0

  get size(): number {
    return this.#size
  }

  put(sleeper: Sleeper, memory: LaneMemory): void {
    const { table, seat, standing, wakeAt } = sleeper
    const row = this.#takeRow()
    const { number, heap } = this.#dormitoryOf(table)
    this.#seats[row] = seat
    this.#wakeAt.set(row, wakeAt)
    this.#table.set(row, number)
    this.#next.set(row, this.#first.get(seat.project) ?? nobody)
    this.#first.set(seat.project, row)
    this.#stand(row, table, standing)
    this.#memories.write(row, memory)
    this.#place.set(row, nobody)
    if (wakeAt !== Infinity) heap.push(row)
    this.#size += 1
  }

  /** What is remembered of a project's lane; it is asleep no longer. */
  take(table: LaneTable, project: Project): LaneMemory | undefined {
    const row = this.#find(table, project)
    if (row === undefined) return undefined
    const memory = this.#memories.read(row)
    this.#remove(row, table, project)
    return memory
  }

  peek(table: LaneTable, project: Project): LaneMemory | undefined {
    const row = this.#find(table, project)
    return row === undefined ? undefined : this.#memories.read(row)
  }

  /** Where a project's lanes are asleep. */
  tablesOf(project: Project): LaneTable[] {
    const found: LaneTable[] = []
    for (const row of this.#rowsOf(project)) {
      const table = this.#tables.get(this.#table.get(row))
      if (table) found.push(table)
    }
    return found
  }

  *all(): Generator<Sleeper> {
    for (const project of this.#first.keys()) {
      for (const row of this.#rowsOf(project)) {
        const table = this.#tables.get(this.#table.get(row))
        const seat = this.#seats[row]
        const standing = standings[this.#standing.get(row)]
        if (table && seat && standing) {
          yield { table, seat, standing, wakeAt: this.#wakeAt.get(row) }
        }
      }
    }
  }

  /** When the next of a table's sleepers may be of use again. */
  wakesAt(table: LaneTable): number {
    const row = this.#dormitories.get(table)?.heap.peek()
    return row === undefined ? Infinity : this.#wakeAt.get(row)
  }

  /** Hands out the seats whose time has come, a bounded number at once. */
  due(table: LaneTable, now: number, most: number): Seat[] {
    const heap = this.#dormitories.get(table)?.heap
    const seats: Seat[] = []
    for (let row = heap?.peek(); row !== undefined && seats.length < most; row = heap?.peek()) {
      if (this.#wakeAt.get(row) > now) break
      this.#stir(row, table)
      const seat = this.#seats[row]
      if (seat) seats.push(seat)
    }
    return seats
  }

  /** Something about a project changed: its lanes may be of use before their time. */
  stir(project: Project): Sleeper[] {
    const stirred: Sleeper[] = []
    for (const row of this.#rowsOf(project)) {
      const table = this.#tables.get(this.#table.get(row))
      const seat = this.#seats[row]
      if (!table || !seat) continue
      this.#stir(row, table)
      stirred.push({ table, seat, standing: 'ready', wakeAt: 0 })
    }
    return stirred
  }

  dropTable(table: LaneTable): void {
    const projects = [...this.#first.keys()]
    for (const project of projects) this.take(table, project)
    const dormitory = this.#dormitories.get(table)
    if (dormitory) this.#tables.delete(dormitory.number)
    this.#dormitories.delete(table)
  }

  *#rowsOf(project: Project): Generator<Row> {
    let row = this.#first.get(project) ?? nobody
    while (row !== nobody) {
      const next = this.#next.get(row)
      yield row
      row = next
    }
  }

  #find(table: LaneTable, project: Project): Row | undefined {
    const number = this.#dormitories.get(table)?.number
    if (number === undefined) return undefined
    let row = this.#first.get(project) ?? nobody
    while (row !== nobody && this.#table.get(row) !== number) row = this.#next.get(row)
    return row === nobody ? undefined : row
  }

  /** Out of the queue by time: from now on it is as good as ready. */
  #stir(row: Row, table: LaneTable): void {
    if (this.#place.get(row) !== nobody) this.#dormitories.get(table)?.heap.remove(row)
    this.#leaveStanding(row, table)
    this.#stand(row, table, 'ready')
  }

  #stand(row: Row, table: LaneTable, standing: Standing): void {
    table.standings[standing] += 1
    this.#standing.set(row, standings.indexOf(standing))
  }

  #leaveStanding(row: Row, table: LaneTable): void {
    const standing = standings[this.#standing.get(row)]
    if (standing) table.standings[standing] -= 1
  }

  #remove(row: Row, table: LaneTable, project: Project): void {
    if (this.#place.get(row) !== nobody) this.#dormitories.get(table)?.heap.remove(row)
    this.#leaveStanding(row, table)
    this.#unlink(row, project)
    this.#seats[row] = undefined
    this.#next.set(row, this.#firstFree)
    this.#firstFree = row
    this.#size -= 1
  }

  #unlink(row: Row, project: Project): void {
    const next = this.#next.get(row)
    const first = this.#first.get(project)
    if (first !== row) {
      for (const before of this.#rowsOf(project)) {
        if (this.#next.get(before) === row) this.#next.set(before, next)
      }
    } else if (next === nobody) this.#first.delete(project)
    else this.#first.set(project, next)
  }

  #takeRow(): Row {
    if (this.#firstFree === nobody) return this.#seats.length
    const row = this.#firstFree
    this.#firstFree = this.#next.get(row)
    return row
  }

  #dormitoryOf(table: LaneTable): Dormitory {
    const known = this.#dormitories.get(table)
    if (known) return known
    this.#tablesSeen += 1
    const heap = new IndexedHeap<Row>({
      before: (a, b) => this.#wakeAt.get(a) < this.#wakeAt.get(b),
      indexOf: (row) => this.#place.get(row),
      setIndex: (row, index) => this.#place.set(row, index),
    })
    const dormitory = { number: this.#tablesSeen, heap }
    this.#dormitories.set(table, dormitory)
    this.#tables.set(dormitory.number, table)
    return dormitory
  }
}
