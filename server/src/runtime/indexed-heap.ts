type Order<T> = {
  /** Lowest first; read only when an item is pushed or updated. */
  readonly rankOf: (item: T) => number
  /** Orders equal ranks; without it their order is undefined. */
  readonly tieOf?: (item: T) => number
  readonly indexOf: (item: T) => number
  /** Stores an item's position in the heap; -1 when it leaves. */
  readonly setIndex: (item: T, index: number) => void
}

const firstCapacity = 16

/**
 * A binary heap whose items know their position, so that each can leave or move in O(log n). Ranks are stored in an array of the
 * heap: comparing them reads no items, which would be cache misses in a large fleet.
 */
export class IndexedHeap<T> {
  readonly #items: T[] = []
  readonly #order: Order<T>
  #ranks = new Float64Array(firstCapacity)
  #ties = new Float64Array(firstCapacity)

  constructor(order: Order<T>) {
    this.#order = order
  }

  get size(): number {
    return this.#items.length
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const index = this.#items.length
    if (index === this.#ranks.length) this.#grow()
    this.#items.push(item)
    this.#readRank(item, index)
    this.#rise(index)
  }

  remove(item: T): void {
    const index = this.#order.indexOf(item)
    if (this.#items[index] !== item) return
    this.#order.setIndex(item, -1)
    const end = this.#items.length - 1
    if (index < end) this.#move(end, index)
    this.#items.pop()
    if (index < end) this.#settle(index)
  }

  /** Moves an item whose rank has changed. */
  update(item: T): void {
    const index = this.#order.indexOf(item)
    this.#readRank(item, index)
    this.#settle(index)
  }

  /** In no particular order. */
  values(): readonly T[] {
    return this.#items
  }

  #readRank(item: T, index: number): void {
    const { rankOf, tieOf } = this.#order
    this.#ranks[index] = rankOf(item)
    if (tieOf) this.#ties[index] = tieOf(item)
  }

  #settle(index: number): void {
    if (!this.#rise(index)) this.#sink(index)
  }

  /** Says whether it moved. */
  #rise(from: number): boolean {
    const item = this.#items[from]
    const rank = this.#ranks[from] ?? 0
    const tie = this.#ties[from] ?? 0
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#isAfter(parent, rank, tie)) break
      this.#move(parent, index)
      index = parent
    }
    if (item !== undefined) this.#put({ item, rank, tie }, index)
    return index !== from
  }

  #sink(from: number): void {
    const item = this.#items[from]
    const rank = this.#ranks[from] ?? 0
    const tie = this.#ties[from] ?? 0
    let index = from
    for (;;) {
      const child = this.#lesserChild(index)
      if (child < 0 || this.#isAfter(child, rank, tie)) break
      this.#move(child, index)
      index = child
    }
    if (item !== undefined) this.#put({ item, rank, tie }, index)
  }

  /** -1 where there is none. */
  #lesserChild(index: number): number {
    const left = 2 * index + 1
    const right = left + 1
    if (left >= this.#items.length) return -1
    if (right >= this.#items.length) return left
    return this.#isAfter(left, this.#ranks[right] ?? 0, this.#ties[right] ?? 0) ? right : left
  }

  #isAfter(index: number, rank: number, tie: number): boolean {
    const other = this.#ranks[index] ?? 0
    return other === rank ? (this.#ties[index] ?? 0) > tie : other > rank
  }

  #move(from: number, to: number): void {
    const item = this.#items[from]
    if (item === undefined) return
    this.#put({ item, rank: this.#ranks[from] ?? 0, tie: this.#ties[from] ?? 0 }, to)
  }

  #put({ item, rank, tie }: Placed<T>, index: number): void {
    this.#items[index] = item
    this.#ranks[index] = rank
    this.#ties[index] = tie
    this.#order.setIndex(item, index)
  }

  #grow(): void {
    this.#ranks = twiceAsLong(this.#ranks)
    this.#ties = twiceAsLong(this.#ties)
  }
}

type Placed<T> = { readonly item: T; readonly rank: number; readonly tie: number }

function twiceAsLong(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(numbers.length * 2)
  longer.set(numbers)
  return longer
}
