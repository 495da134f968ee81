const most = 0xffff

/** Things that are the same for many, kept once and known by a number of 16 bits; 0 is nothing, and what no longer fits. */
export class InternTable<T> {
  readonly #byName = new Map<string, number>()
  readonly #byThing = new Map<T, number>()
  readonly #things: (T | undefined)[] = [undefined]

  numberOf(name: string, thing: T): number {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const number = this.#things.length
    if (number > most) return 0
    this.#things.push(thing)
    this.#byName.set(name, number)
    this.#byThing.set(thing, number)
    return number
  }

  /** The number of the very thing that is kept. */
  numberOfThing(thing: T): number | undefined {
    return this.#byThing.get(thing)
  }

  thing(number: number): T | undefined {
    return this.#things[number]
  }
}
