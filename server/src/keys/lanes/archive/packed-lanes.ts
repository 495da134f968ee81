import { blockKinds } from '../../inventory/entities.ts'
import { InternTable } from './intern-table.ts'
import { gateMemory, type LaneMemory } from './lane-memory.ts'
import { limitNames, nothingLearned, type LearnedLimits } from '../limits.ts'
import { NamedLimits } from './named-limits.ts'

export type Row = number
export const nobody: Row = -1

/** Times of lanes asleep go by eighths of a second, so that a number of 32 bits holds them until 2042. */
const tickMs = 125
const epoch = Date.UTC(2025, 0, 1)
const never = 0xffff_ffff
const most = 0xffff_ffff
const mostOfHalf = 0xffff

/** A row is 16 numbers, a cache line: whoever reads one part of it has the others for nothing. */
const width = 16
const rowsOfPage = 4096
const next = 0
const later = 1
const earlier = 2
const wakeAt = 3
const flagsAndMinuteRequests = 4
const tableAndQuotaIds = 5
const blockSince = 6
const blockUntil = 7
const learnedPairs = 8
const learnedAt = 10
const minuteTokens = 11
const minuteUntil = 12
const dayRequests = 13
const dayTokens = 14
const dayEnd = 15

/**
 * What is known of lanes asleep, 64 bytes each, where objects take nine hundred. Google's words are not kept, and of learned limits
 * the names and figures once for all lanes that share them.
 */
export class LaneRows {
  readonly #pages: Int32Array[] = []
  readonly #quotaIds = new InternTable<readonly string[]>()
  readonly #limits = new NamedLimits()
  readonly #dayEnds: number[] = [0]
  #firstFree: Row = nobody
  #used = 0

  take(): Row {
    const row = this.#firstFree
    if (row !== nobody) {
      this.#firstFree = this.next(row)
      return row
    }
    this.#used += 1
    if (this.#used > this.#pages.length * rowsOfPage) {
      this.#pages.push(new Int32Array(rowsOfPage * width))
    }
    return this.#used - 1
  }

  giveBack(row: Row): void {
    this.setNext(row, this.#firstFree)
    this.#firstFree = row
  }

  /** The next row of the same project, or the next free one. */
  next(row: Row): Row {
    return this.#get(row, next)
  }

  setNext(row: Row, to: Row): void {
    this.#set(row, next, to)
  }

  /** Its neighbours among those that wake at the same time. */
  later(row: Row): Row {
    return this.#get(row, later)
  }

  setLater(row: Row, to: Row): void {
    this.#set(row, later, to)
  }

  earlier(row: Row): Row {
    return this.#get(row, earlier)
  }

  setEarlier(row: Row, to: Row): void {
    this.#set(row, earlier, to)
  }

  wakeAt(row: Row): number {
    return this.#time(row, wakeAt)
  }

  /** Never too early, and at most an eighth of a second late. */
  setWakeAt(row: Row, at: number): void {
    this.#set(row, wakeAt, tickAfter(at))
  }

  /** A number below 16 that its owner gives a meaning. */
  mark(row: Row): number {
    return this.#get(row, flagsAndMinuteRequests) & 15
  }

  setMark(row: Row, mark: number): void {
    this.#set(row, flagsAndMinuteRequests, (this.#get(row, flagsAndMinuteRequests) & ~15) | mark)
  }

  table(row: Row): number {
    return this.#get(row, tableAndQuotaIds) & mostOfHalf
  }

  setTable(row: Row, table: number): void {
    this.#set(row, tableAndQuotaIds, (this.#get(row, tableAndQuotaIds) & ~mostOfHalf) | table)
  }

  write(row: Row, { block, learned, unexplained, notFound, counts }: LaneMemory): void {
    const kind = block ? blockKinds.indexOf(block.kind) + 1 : 0
    const trial = block?.gate.needsTrial === true ? 1 : 0
    const failures = (Math.min(unexplained, 15) << 8) | (Math.min(notFound, 15) << 12)
    const requests = Math.min(counts?.minuteRequests ?? 0, mostOfHalf)
    const flags = this.mark(row) | (kind << 4) | (trial << 7) | failures | (requests << 16)
    this.#set(row, flagsAndMinuteRequests, flags)
    const quotaIds = block ? this.#numberOfIds(block.quotaIds) : 0
    this.#set(row, tableAndQuotaIds, this.table(row) | (quotaIds << 16))
    this.#set(row, blockSince, block ? tickBefore(block.gate.since) : 0)
    this.#set(row, blockUntil, block ? tickAfter(block.gate.until ?? Infinity) : 0)
    this.#writeLearned(row, learned)
    this.#set(row, minuteTokens, whole(counts?.minuteTokens))
    this.#set(row, minuteUntil, tickAfter(counts?.minuteUntil ?? 0))
    this.#set(row, dayRequests, whole(counts?.dayRequests))
    this.#set(row, dayTokens, whole(counts?.dayTokens))
    this.#set(row, dayEnd, this.#numberOfDay(counts?.dayEnd ?? 0))
  }

  read(row: Row): LaneMemory {
    const flags = this.#get(row, flagsAndMinuteRequests)
    return {
      block: this.#readBlock(row, flags),
      learned: this.#readLearned(row),
      unexplained: (flags >>> 8) & 15,
      notFound: (flags >>> 12) & 15,
      counts: {
        minuteRequests: flags >>> 16,
        minuteTokens: this.#get(row, minuteTokens) >>> 0,
        minuteUntil: this.#time(row, minuteUntil),
        dayRequests: this.#get(row, dayRequests) >>> 0,
        dayTokens: this.#get(row, dayTokens) >>> 0,
        dayEnd: this.#dayEnds[this.#get(row, dayEnd)] ?? 0,
      },
    }
  }

  #readBlock(row: Row, flags: number): LaneMemory['block'] {
    const kind = blockKinds[((flags >>> 4) & 7) - 1]
    if (kind === undefined) return undefined
    const gate = gateMemory({
      since: this.#time(row, blockSince),
      until: this.#time(row, blockUntil),
      needsTrial: (flags & 128) !== 0,
    })
    const quotaIds = this.#quotaIds.thing(this.#get(row, tableAndQuotaIds) >>> 16) ?? []
    return { gate, kind, quotaIds, message: undefined }
  }

  #writeLearned(row: Row, learned: LearnedLimits | undefined): void {
    let at = Infinity
    for (let pair = 0; pair < 2; pair += 1) {
      let numbers = 0
      for (let half = 0; half < 2; half += 1) {
        const name = limitNames[pair * 2 + half]
        const known = name && learned?.[name]
        if (!known) continue
        numbers |= this.#limits.numberOf(known) << (half * 16)
        at = Math.min(at, known.at)
      }
      this.#set(row, learnedPairs + pair, numbers)
    }
    this.#set(row, learnedAt, at === Infinity ? 0 : tickBefore(at))
  }

  #readLearned(row: Row): LearnedLimits | undefined {
    const first = this.#get(row, learnedPairs)
    const second = this.#get(row, learnedPairs + 1)
    if (first === 0 && second === 0) return undefined
    const at = this.#time(row, learnedAt)
    const learned = nothingLearned()
    const numbers = [first & mostOfHalf, first >>> 16, second & mostOfHalf, second >>> 16]
    for (const [index, name] of limitNames.entries()) {
      const known = this.#limits.thing(numbers[index] ?? 0)
      if (known) learned[name] = { limit: known.limit, at, quotaId: known.quotaId }
    }
    return learned
  }

  /** What was read from a row is known by itself; its text is put together only for what is new. */
  #numberOfIds(quotaIds: readonly string[]): number {
    const known = this.#quotaIds.numberOfThing(quotaIds)
    return known ?? this.#quotaIds.numberOf(quotaIds.join(), quotaIds)
  }

  #numberOfDay(end: number): number {
    const known = this.#dayEnds.lastIndexOf(end)
    return known >= 0 ? known : this.#dayEnds.push(end) - 1
  }

  #time(row: Row, column: number): number {
    const tick = this.#get(row, column) >>> 0
    return tick === never ? Infinity : epoch + tick * tickMs
  }

  #get(row: Row, column: number): number {
    return this.#pages[row >> 12]?.[((row & (rowsOfPage - 1)) << 4) + column] ?? 0
  }

  #set(row: Row, column: number, value: number): void {
    const page = this.#pages[row >> 12]
    if (page) page[((row & (rowsOfPage - 1)) << 4) + column] = value
  }
}

function tickBefore(at: number): number {
  return Math.max(0, Math.floor((at - epoch) / tickMs))
}

function tickAfter(at: number): number {
  return at === Infinity ? never : Math.max(0, Math.ceil((at - epoch) / tickMs))
}

function whole(count: number | undefined): number {
  return Math.min(Math.max(0, Math.round(count ?? 0)), most)
}
