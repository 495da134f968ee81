const maxNumber = 0xffff

/** Values that many rows share, kept once and known by a number of 16 bits. 0 is no value, and any value beyond the last number. */
export class InternTable<T> {
  readonly #keyOf: (value: T) => string | number
  readonly #byKey = new Map<string | number, number>()
  readonly #byValue = new Map<T, number>()
  readonly #values: (T | undefined)[] = [undefined]

  constructor(keyOf: (value: T) => string | number) {
    this.#keyOf = keyOf
  }

  /** A value that came from the table is found by itself: its key is built only for others. */
  numberOf(value: T): number {
    return this.#byValue.get(value) ?? this.#numberOfKey(this.#keyOf(value), value)
  }

  get(number: number): T | undefined {
    return this.#values[number]
  }

  #numberOfKey(key: string | number, value: T): number {
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const number = this.#values.length
    if (number > maxNumber) return 0
    this.#values.push(value)
    this.#byKey.set(key, number)
    this.#byValue.set(value, number)
    return number
  }
}
