type Numbers = Float64Array | Int32Array | Uint8Array

const rowsOfPage = 4096

/** A column of numbers that grows by pages: nothing is copied when it does. */
export class Column {
  readonly #pages: Numbers[] = []
  readonly #create: (rows: number) => Numbers

  constructor(kind: new (rows: number) => Numbers) {
    this.#create = (rows) => new kind(rows)
  }

  get(row: number): number {
    return this.#pages[row >> 12]?.[row & (rowsOfPage - 1)] ?? 0
  }

  set(row: number, value: number): void {
    while (this.#pages.length <= row >> 12) this.#pages.push(this.#create(rowsOfPage))
    const page = this.#pages[row >> 12]
    if (page) page[row & (rowsOfPage - 1)] = value
  }
}
