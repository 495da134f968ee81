type Order<T> = {
  readonly before: (a: T, b: T) => boolean
  readonly indexOf: (item: T) => number
  /** Where the heap notes an item's place; -1 when it leaves. */
  readonly setIndex: (item: T, index: number) => void
}

/** A binary heap whose items know their place, so that any of them can leave or move in O(log n). */
export class IndexedHeap<T> {
  readonly #items: T[] = []
  readonly #order: Order<T>

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
    this.#items.push(item)
    this.#rise(item, this.#items.length - 1)
  }

  remove(item: T): void {
    const index = this.#order.indexOf(item)
    if (this.#items[index] !== item) return
    this.#order.setIndex(item, -1)
    const last = this.#items.pop()
    if (last === undefined || last === item) return
    this.#order.setIndex(last, index)
    this.#items[index] = last
    this.#settle(last, index)
  }

  /** Puts an item right whose rank has changed. */
  update(item: T): void {
    this.#settle(item, this.#order.indexOf(item))
  }

  /** In no particular order. */
  values(): readonly T[] {
    return this.#items
  }

  #settle(item: T, index: number): void {
    const parent = this.#items[(index - 1) >> 1]
    if (index > 0 && parent !== undefined && this.#order.before(item, parent)) {
      this.#rise(item, index)
    } else {
      this.#sink(item, index)
    }
  }

  #rise(item: T, from: number): void {
    let index = from
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = this.#items[parentIndex]
      if (parent === undefined || !this.#order.before(item, parent)) break
      this.#put(parent, index)
      index = parentIndex
    }
    this.#put(item, index)
  }

  #sink(item: T, from: number): void {
    let index = from
    for (;;) {
      const leftIndex = 2 * index + 1
      const left = this.#items[leftIndex]
      if (left === undefined) break
      const right = this.#items[leftIndex + 1]
      const rightFirst = right !== undefined && this.#order.before(right, left)
      const child = rightFirst ? right : left
      if (!this.#order.before(child, item)) break
      this.#put(child, index)
      index = rightFirst ? leftIndex + 1 : leftIndex
    }
    this.#put(item, index)
  }

  #put(item: T, index: number): void {
    this.#items[index] = item
    this.#order.setIndex(item, index)
  }
}
