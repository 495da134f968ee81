import type { LaneTable, Project, KeyGroup } from '../../inventory/entities.ts'
import { IndexedHeap } from '../../../runtime/indexed-heap.ts'
import type { LaneMemory } from './lane-memory.ts'
import { LaneRows, nobody, type Row } from './packed-lanes.ts'
import { laneStatuses, type LaneStatus } from '../../lane-status.ts'

/** A lane that is remembered and not in use. */
export type Sleeper = {
  readonly table: LaneTable
  readonly seat: KeyGroup
  readonly standing: LaneStatus
  readonly wakeAt: number
}

/** The rows that wake at one time, in the order in which they fell asleep. */
type Wake = { readonly at: number; first: Row; last: Row; index: number }

/** A table's rows that wake by themselves. */
type Dormitory = {
  readonly number: number
  readonly table: LaneTable
  readonly wakes: Map<number, Wake>
  readonly soonest: IndexedHeap<Wake>
  size: number
}

const ready = laneStatuses.indexOf('ready')

/**
 * Lanes asleep: what is known of each as a row of numbers, listed by the time at which it may be of use again. Those whose time has
 * come wait for their turn, still asleep. A table's standings count them.
 */
export class LaneArchive {
  readonly #rows = new LaneRows()
  readonly #seats: (KeyGroup | undefined)[] = []
  readonly #dormitories = new Map<LaneTable, Dormitory>()
  readonly #byNumber: (Dormitory | undefined)[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  put({ table, seat, standing, wakeAt }: Sleeper, memory: LaneMemory): void {
    const row = this.#rows.take()
    const dormitory = this.#dormitoryOf(table)
    this.#seats[row] = seat
    this.#rows.setTable(row, dormitory.number)
    this.#rows.setNext(row, seat.project.firstAsleep)
    seat.project.firstAsleep = row
    this.#rows.setWakeAt(row, wakeAt)
    this.#stand(row, table, laneStatuses.indexOf(standing))
    this.#rows.write(row, memory)
    if (standing !== 'ready') this.#enlist(row, dormitory)
    dormitory.size += 1
    this.#size += 1
  }

  /** What is remembered of a project's lane; it is asleep no longer. */
  take(table: LaneTable, project: Project): LaneMemory | undefined {
    const row = this.#find(table, project)
    if (row === nobody) return undefined
    const memory = this.#rows.read(row)
    this.#remove(row, project)
    return memory
  }

  peek(table: LaneTable, project: Project): LaneMemory | undefined {
    const row = this.#find(table, project)
    return row === nobody ? undefined : this.#rows.read(row)
  }

  /** When a project's lane may be of use; 0 when nothing is known against it. */
  opensAt(table: LaneTable, project: Project): number {
    const row = this.#find(table, project)
    return row === nobody || this.#isReady(row) ? 0 : this.#rows.wakeAt(row)
  }

  /** Where a project's lanes are asleep. */
  tablesOf(project: Project): LaneTable[] {
    return this.#rowsOf(project).flatMap((row) => this.#tableOf(row) ?? [])
  }

  *all(): Generator<Sleeper> {
    for (let row = 0; row < this.#seats.length; row += 1) {
      const seat = this.#seats[row]
      const table = this.#tableOf(row)
      const standing = laneStatuses[this.#rows.mark(row)]
      if (seat && table && standing) {
        yield { table, seat, standing, wakeAt: this.#rows.wakeAt(row) }
      }
    }
  }

  /** When the next of a table's sleepers may be of use again. */
  wakesAt(table: LaneTable): number {
    return this.#dormitories.get(table)?.soonest.peek()?.at ?? Infinity
  }

  /** Hands out the seats whose time has come, a bounded number at once. */
  due(table: LaneTable, now: number, most: number): readonly KeyGroup[] {
    const dormitory = this.#dormitories.get(table)
    let wake = dormitory?.soonest.peek()
    if (!dormitory || !wake || wake.at > now) return noSeats
    const seats: KeyGroup[] = []
    while (wake && wake.at <= now && seats.length < most) {
      const seat = this.#seats[wake.first]
      if (seat) seats.push(seat)
      this.#stir(wake.first, dormitory)
      wake = dormitory.soonest.peek()
    }
    return seats
  }

  /** Something about a project changed: its lanes may be of use before their time. */
  stir(project: Project): Sleeper[] {
    const stirred: Sleeper[] = []
    for (const row of this.#rowsOf(project)) {
      const dormitory = this.#dormitoryAt(row)
      const seat = this.#seats[row]
      if (!dormitory || !seat) continue
      this.#stir(row, dormitory)
      stirred.push({ table: dormitory.table, seat, standing: 'ready', wakeAt: 0 })
    }
    return stirred
  }

  dropTable(table: LaneTable): void {
    const dormitory = this.#dormitories.get(table)
    if (!dormitory) return
    for (let row = 0; row < this.#seats.length && dormitory.size > 0; row += 1) {
      const seat = this.#seats[row]
      if (seat && this.#dormitoryAt(row) === dormitory) this.#remove(row, seat.project)
    }
    this.#dormitories.delete(table)
    this.#byNumber[dormitory.number] = undefined
  }

  #rowsOf(project: Project): Row[] {
    const rows: Row[] = []
    for (let row = project.firstAsleep; row !== nobody; row = this.#rows.next(row)) rows.push(row)
    return rows
  }

  #find(table: LaneTable, project: Project): Row {
    let row = project.firstAsleep
    if (row === nobody) return nobody
    const number = this.#dormitories.get(table)?.number
    while (row !== nobody && this.#rows.table(row) !== number) row = this.#rows.next(row)
    return row
  }

  #dormitoryAt(row: Row): Dormitory | undefined {
    return this.#byNumber[this.#rows.table(row)]
  }

  #tableOf(row: Row): LaneTable | undefined {
    return this.#dormitoryAt(row)?.table
  }

  #isReady(row: Row): boolean {
    return this.#rows.mark(row) === ready
  }

  /** Out of the list by time: from now on it is as good as ready. */
  #stir(row: Row, dormitory: Dormitory): void {
    if (this.#isReady(row)) return
    this.#delist(row, dormitory)
    this.#leaveStanding(row, dormitory.table)
    this.#stand(row, dormitory.table, ready)
  }

  #enlist(row: Row, { wakes, soonest }: Dormitory): void {
    const at = this.#rows.wakeAt(row)
    const wake = wakes.get(at)
    this.#rows.setLater(row, nobody)
    this.#rows.setEarlier(row, wake?.last ?? nobody)
    if (wake) {
      this.#rows.setLater(wake.last, row)
      wake.last = row
    } else {
      const first = { at, first: row, last: row, index: -1 }
      wakes.set(at, first)
      // Who never wakes by himself is listed, and not waited for.
      if (at !== Infinity) soonest.push(first)
    }
  }

  #delist(row: Row, { wakes, soonest }: Dormitory): void {
    const at = this.#rows.wakeAt(row)
    const wake = wakes.get(at)
    if (!wake) return
    const earlier = this.#rows.earlier(row)
    const later = this.#rows.later(row)
    if (earlier === nobody) wake.first = later
    else this.#rows.setLater(earlier, later)
    if (later === nobody) wake.last = earlier
    else this.#rows.setEarlier(later, earlier)
    if (wake.first !== nobody) return
    wakes.delete(at)
    if (at !== Infinity) soonest.remove(wake)
  }

  #stand(row: Row, table: LaneTable, mark: number): void {
    const standing = laneStatuses[mark]
    if (standing) table.laneStatuses[standing] += 1
    this.#rows.setMark(row, mark)
  }

  #leaveStanding(row: Row, table: LaneTable): void {
    const standing = laneStatuses[this.#rows.mark(row)]
    if (standing) table.laneStatuses[standing] -= 1
  }

  #remove(row: Row, project: Project): void {
    const dormitory = this.#dormitoryAt(row)
    if (dormitory) {
      if (!this.#isReady(row)) this.#delist(row, dormitory)
      this.#leaveStanding(row, dormitory.table)
      dormitory.size -= 1
    }
    this.#unlink(row, project)
    this.#seats[row] = undefined
    this.#rows.giveBack(row)
    this.#size -= 1
  }

  #unlink(row: Row, project: Project): void {
    const next = this.#rows.next(row)
    if (project.firstAsleep === row) {
      project.firstAsleep = next
      return
    }
    let before = project.firstAsleep
    while (before !== nobody && this.#rows.next(before) !== row) before = this.#rows.next(before)
    if (before !== nobody) this.#rows.setNext(before, next)
  }

  #dormitoryOf(table: LaneTable): Dormitory {
    const known = this.#dormitories.get(table)
    if (known) return known
    const free = this.#byNumber.indexOf(undefined)
    const number = free < 0 ? this.#byNumber.length : free
    const soonest = new IndexedHeap<Wake>({
      rankOf: (wake) => wake.at,
      indexOf: (wake) => wake.index,
      setIndex: (wake, index) => (wake.index = index),
    })
    const dormitory = { number, table, wakes: new Map<number, Wake>(), soonest, size: 0 }
    this.#dormitories.set(table, dormitory)
    this.#byNumber[number] = dormitory
    return dormitory
  }
}

const noSeats: readonly KeyGroup[] = []
