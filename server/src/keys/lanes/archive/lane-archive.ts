import { laneStatuses } from '@gemini-balance/contract'
import type { KeyGroup, LaneTable, Project } from '../../inventory/entities.ts'
import { setFirstArchived } from '../../inventory/project.ts'
import { IndexedHeap } from '../../../runtime/indexed-heap.ts'
import type { LaneMemory } from '../lane-memory.ts'
import { PackedLanes, noRow, type Row } from './packed-lanes.ts'
import { type LaneStatus } from '../../lane-status.ts'

/** A lane that is known and not in use. */
export type ArchivedLane = {
  readonly table: LaneTable
  readonly group: KeyGroup
  readonly status: LaneStatus
  readonly wakeAt: number
}

/** The rows that wake at one time, in the order in which they were archived. */
type Wake = { readonly at: number; first: Row; last: Row; index: number }

/** A table's rows that wake by themselves. */
type ArchiveTable = {
  readonly number: number
  readonly table: LaneTable
  readonly wakes: Map<number, Wake>
  readonly soonest: IndexedHeap<Wake>
  size: number
}

const ready = laneStatuses.indexOf('ready')

/**
 * Lanes above the cap, each packed into a row of numbers and listed by the time at which it may be of use again. One whose time has
 * come waits here for its turn. The status counts of its table include it.
 */
export class LaneArchive {
  readonly #rows = new PackedLanes()
  readonly #groups: (KeyGroup | undefined)[] = []
  readonly #tables = new Map<LaneTable, ArchiveTable>()
  readonly #byNumber: (ArchiveTable | undefined)[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  put({ table, group, status, wakeAt }: ArchivedLane, memory: LaneMemory): void {
    const row = this.#rows.take()
    const archiveTable = this.#tableFor(table)
    this.#groups[row] = group
    this.#rows.setTable(row, archiveTable.number)
    this.#rows.setNext(row, group.project.firstArchived)
    setFirstArchived(group.project, row)
    this.#rows.setWakeAt(row, wakeAt)
    this.#setStatus(row, table, laneStatuses.indexOf(status))
    this.#rows.write(row, memory)
    if (status !== 'ready') this.#enlist(row, archiveTable)
    archiveTable.size += 1
    this.#size += 1
  }

  /** What is known of a project's lane, which leaves the archive. */
  take(table: LaneTable, project: Project): LaneMemory | undefined {
    const row = this.#find(table, project)
    if (row === noRow) return undefined
    const memory = this.#rows.read(row)
    this.#remove(row, project)
    return memory
  }

  peek(table: LaneTable, project: Project): LaneMemory | undefined {
    const row = this.#find(table, project)
    return row === noRow ? undefined : this.#rows.read(row)
  }

  /** When a project's lane may be of use; 0 when nothing is known against it. */
  opensAt(table: LaneTable, project: Project): number {
    const row = this.#find(table, project)
    return row === noRow || this.#isReady(row) ? 0 : this.#rows.wakeAt(row)
  }

  /** The tables in which a project has archived lanes. */
  tablesOf(project: Project): LaneTable[] {
    return this.#rowsOf(project).flatMap((row) => this.#tableOf(row) ?? [])
  }

  *all(): Generator<ArchivedLane> {
    for (let row = 0; row < this.#groups.length; row += 1) {
      const group = this.#groups[row]
      const table = this.#tableOf(row)
      const status = laneStatuses[this.#rows.mark(row)]
      if (group && table && status) {
        yield { table, group, status, wakeAt: this.#rows.wakeAt(row) }
      }
    }
  }

  /** When the next of a table's lanes may be of use again. */
  wakesAt(table: LaneTable): number {
    return this.#tables.get(table)?.soonest.peek()?.at ?? Infinity
  }

  /** The groups whose time has come, a bounded number at once; each is returned once. */
  due(table: LaneTable, now: number, most: number): readonly KeyGroup[] {
    const archiveTable = this.#tables.get(table)
    let wake = archiveTable?.soonest.peek()
    if (!archiveTable || !wake || wake.at > now) return noGroups
    const groups: KeyGroup[] = []
    while (wake && wake.at <= now && groups.length < most) {
      const group = this.#groups[wake.first]
      if (group) groups.push(group)
      this.#setReady(wake.first, archiveTable)
      wake = archiveTable.soonest.peek()
    }
    return groups
  }

  /** Something about a project changed: its lanes may be of use before their time. */
  wake(project: Project): ArchivedLane[] {
    const woken: ArchivedLane[] = []
    for (const row of this.#rowsOf(project)) {
      const archiveTable = this.#tableAt(row)
      const group = this.#groups[row]
      if (!archiveTable || !group) continue
      this.#setReady(row, archiveTable)
      woken.push({ table: archiveTable.table, group, status: 'ready', wakeAt: 0 })
    }
    return woken
  }

  dropTable(table: LaneTable): void {
    const archiveTable = this.#tables.get(table)
    if (!archiveTable) return
    for (let row = 0; row < this.#groups.length && archiveTable.size > 0; row += 1) {
      const group = this.#groups[row]
      if (group && this.#tableAt(row) === archiveTable) this.#remove(row, group.project)
    }
    this.#tables.delete(table)
    this.#byNumber[archiveTable.number] = undefined
  }

  #rowsOf(project: Project): Row[] {
    const rows: Row[] = []
    for (let row = project.firstArchived; row !== noRow; row = this.#rows.next(row)) rows.push(row)
    return rows
  }

  #find(table: LaneTable, project: Project): Row {
    let row = project.firstArchived
    if (row === noRow) return noRow
    const number = this.#tables.get(table)?.number
    while (row !== noRow && this.#rows.table(row) !== number) row = this.#rows.next(row)
    return row
  }

  #tableAt(row: Row): ArchiveTable | undefined {
    return this.#byNumber[this.#rows.table(row)]
  }

  #tableOf(row: Row): LaneTable | undefined {
    return this.#tableAt(row)?.table
  }

  #isReady(row: Row): boolean {
    return this.#rows.mark(row) === ready
  }

  /** Takes it out of the list by time: it counts as ready. */
  #setReady(row: Row, archiveTable: ArchiveTable): void {
    if (this.#isReady(row)) return
    this.#delist(row, archiveTable)
    this.#uncountStatus(row, archiveTable.table)
    this.#setStatus(row, archiveTable.table, ready)
  }

  #enlist(row: Row, { wakes, soonest }: ArchiveTable): void {
    const at = this.#rows.wakeAt(row)
    const wake = wakes.get(at)
    this.#rows.setLater(row, noRow)
    this.#rows.setEarlier(row, wake?.last ?? noRow)
    if (wake) {
      this.#rows.setLater(wake.last, row)
      wake.last = row
    } else {
      const first = { at, first: row, last: row, index: -1 }
      wakes.set(at, first)
      // One that never wakes by itself is listed, and not waited for.
      if (at !== Infinity) soonest.push(first)
    }
  }

  #delist(row: Row, { wakes, soonest }: ArchiveTable): void {
    const at = this.#rows.wakeAt(row)
    const wake = wakes.get(at)
    if (!wake) return
    const earlier = this.#rows.earlier(row)
    const later = this.#rows.later(row)
    if (earlier === noRow) wake.first = later
    else this.#rows.setLater(earlier, later)
    if (later === noRow) wake.last = earlier
    else this.#rows.setEarlier(later, earlier)
    if (wake.first !== noRow) return
    wakes.delete(at)
    if (at !== Infinity) soonest.remove(wake)
  }

  #setStatus(row: Row, table: LaneTable, mark: number): void {
    const status = laneStatuses[mark]
    if (status) table.statusCounts[status] += 1
    this.#rows.setMark(row, mark)
  }

  #uncountStatus(row: Row, table: LaneTable): void {
    const status = laneStatuses[this.#rows.mark(row)]
    if (status) table.statusCounts[status] -= 1
  }

  #remove(row: Row, project: Project): void {
    const archiveTable = this.#tableAt(row)
    if (archiveTable) {
      if (!this.#isReady(row)) this.#delist(row, archiveTable)
      this.#uncountStatus(row, archiveTable.table)
      archiveTable.size -= 1
    }
    this.#unlink(row, project)
    this.#groups[row] = undefined
    this.#rows.giveBack(row)
    this.#size -= 1
  }

  #unlink(row: Row, project: Project): void {
    const next = this.#rows.next(row)
    if (project.firstArchived === row) {
      setFirstArchived(project, next)
      return
    }
    let before = project.firstArchived
    while (before !== noRow && this.#rows.next(before) !== row) before = this.#rows.next(before)
    if (before !== noRow) this.#rows.setNext(before, next)
  }

  #tableFor(table: LaneTable): ArchiveTable {
    const known = this.#tables.get(table)
    if (known) return known
    const free = this.#byNumber.indexOf(undefined)
    const number = free < 0 ? this.#byNumber.length : free
    const soonest = new IndexedHeap<Wake>({
      rankOf: (wake) => wake.at,
      indexOf: (wake) => wake.index,
      setIndex: (wake, index) => (wake.index = index),
    })
    const archiveTable = { number, table, wakes: new Map<number, Wake>(), soonest, size: 0 }
    this.#tables.set(table, archiveTable)
    this.#byNumber[number] = archiveTable
    return archiveTable
  }
}

const noGroups: readonly KeyGroup[] = []
