/** Things that are the same for many, kept once and known by a number; 0 is nothing, and what no longer fits. */
export class Interned<T> {
  readonly #numbers = new Map<string, number>()
  readonly #things: (T | undefined)[] = [undefined]
  readonly #cap: number

  constructor(cap: number) {
    this.#cap = cap
  }

  numberOf(name: string, thing: T): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = this.#things.length
    if (number > this.#cap) return 0
    this.#things.push(thing)
    this.#numbers.set(name, number)
    return number
  }

  thing(number: number): T | undefined {
    return this.#things[number]
  }
}
