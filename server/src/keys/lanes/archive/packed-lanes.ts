import { laneCooldownKinds } from '../../inventory/cooldown.ts'
import { limitNames } from '../../types.ts'
import { keptUntil, untilKept, type LaneMemory } from '../lane-memory.ts'
import { nothingLearned, type LearnedLimits } from '../limits.ts'
import { InternTable } from './intern-table.ts'

export type Row = number
export const noRow: Row = -1

/** Times are kept in eighths of a second, so that 32 bits hold them until 2042. */
const tickMs = 125
const epoch = Date.UTC(2025, 0, 1)
const never = 0xffff_ffff
const maxNumber = 0xffff_ffff
const maxHalf = 0xffff
const limitSpan = maxHalf + 1

/** A row is 16 numbers: one cache line. */
const width = 16
const rowsOfPage = 4096
const next = 0
const later = 1
const earlier = 2
const wakeAt = 3
const flagsAndMinuteRequests = 4
const tableAndQuotaIds = 5
const closedSince = 6
const closedUntil = 7
const learnedPairs = 8
const learnedAt = 10
const minuteTokens = 11
const minuteUntil = 12
const dayRequests = 13
const dayTokens = 14
const dayEnd = 15

type NamedLimit = { readonly limit: number; readonly quotaId: string }

/** What is known of archived lanes, 64 bytes each; as objects they take 900. Google's messages are not kept. */
export class PackedLanes {
  readonly #pages: Int32Array[] = []
  readonly #quotaIds = new InternTable<readonly string[]>((ids) => ids.join())
  readonly #quotaNames = new InternTable<string>((name) => name)
  /** By a number, because building a text for each lane is slow. */
  readonly #limits = new InternTable<NamedLimit>(
    ({ limit, quotaId }) => limit * limitSpan + this.#quotaNames.numberOf(quotaId),
  )
  readonly #dayEnds: number[] = [0]
  #firstFree: Row = noRow
  #used = 0

  take(): Row {
    const row = this.#firstFree
    if (row !== noRow) {
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

  /** Read back never too early, and at most an eighth of a second late. */
  setWakeAt(row: Row, at: number): void {
    this.#set(row, wakeAt, tickAfter(at))
  }

  /** A number below 16, for the archive. */
  mark(row: Row): number {
    return this.#get(row, flagsAndMinuteRequests) & 15
  }

  setMark(row: Row, mark: number): void {
    this.#set(row, flagsAndMinuteRequests, (this.#get(row, flagsAndMinuteRequests) & ~15) | mark)
  }

  table(row: Row): number {
    return this.#get(row, tableAndQuotaIds) & maxHalf
  }

  setTable(row: Row, table: number): void {
    this.#set(row, tableAndQuotaIds, (this.#get(row, tableAndQuotaIds) & ~maxHalf) | table)
  }

  write(row: Row, { cooldown, learned, unknownQuotas, notFound, counts }: LaneMemory): void {
    const kind = cooldown ? laneCooldownKinds.indexOf(cooldown.kind) + 1 : 0
    const trial = cooldown?.needsTrial === true ? 1 : 0
    const failures = (Math.min(unknownQuotas, 15) << 8) | (Math.min(notFound, 15) << 12)
    const requests = Math.min(counts?.minuteRequests ?? 0, maxHalf)
    const flags = this.mark(row) | (kind << 4) | (trial << 7) | failures | (requests << 16)
    this.#set(row, flagsAndMinuteRequests, flags)
    const quotaIds = cooldown ? this.#quotaIds.numberOf(cooldown.quotaIds) : 0
    this.#set(row, tableAndQuotaIds, this.table(row) | (quotaIds << 16))
    this.#set(row, closedSince, cooldown ? tickBefore(cooldown.since) : 0)
    this.#set(row, closedUntil, cooldown ? tickAfter(untilKept(cooldown.until)) : 0)
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
      cooldown: this.#readCooldown(row, flags),
      learned: this.#readLearned(row),
      unknownQuotas: (flags >>> 8) & 15,
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

  #readCooldown(row: Row, flags: number): LaneMemory['cooldown'] {
    const kind = laneCooldownKinds[((flags >>> 4) & 7) - 1]
    if (kind === undefined) return undefined
    return {
      since: this.#time(row, closedSince),
      until: keptUntil(this.#time(row, closedUntil)),
      needsTrial: (flags & 128) !== 0,
      kind,
      quotaIds: this.#quotaIds.get(this.#get(row, tableAndQuotaIds) >>> 16) ?? [],
      message: undefined,
    }
  }

  #writeLearned(row: Row, learned: LearnedLimits | undefined): void {
    let at = Infinity
    for (let pair = 0; pair < 2; pair += 1) {
      let numbers = 0
      for (let half = 0; half < 2; half += 1) {
        const name = limitNames[pair * 2 + half]
        const known = name && learned?.[name]
        if (!known) continue
        numbers |= this.#numberOfLimit(known) << (half * 16)
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
    const numbers = [first & maxHalf, first >>> 16, second & maxHalf, second >>> 16]
    for (const [index, name] of limitNames.entries()) {
      const known = this.#limits.get(numbers[index] ?? 0)
      if (known) learned[name] = { limit: known.limit, at, quotaId: known.quotaId }
    }
    return learned
  }

  /** Without the time at which it was learned, which has its own column. */
  #numberOfLimit({ limit, quotaId }: NamedLimit): number {
    return this.#limits.numberOf({ limit, quotaId })
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
  return Math.min(Math.max(0, Math.round(count ?? 0)), maxNumber)
}
