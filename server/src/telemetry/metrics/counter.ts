import type { Sample } from './exposition.ts'

/** A value to add to. */
export type Cell = { value: number }

type Leaves = Map<string, Cell>

/** Values by up to three labels. Finding one takes a map lookup per label, and builds no string. */
export class Counter {
  readonly #names: readonly string[]
  readonly #cells = new Map<string, Map<string, Leaves>>()

  constructor(names: readonly string[]) {
    this.#names = names
  }

  cell(a: string, b = '', c = ''): Cell {
    let second = this.#cells.get(a)
    if (second === undefined) this.#cells.set(a, (second = new Map<string, Leaves>()))
    let third = second.get(b)
    if (third === undefined) second.set(b, (third = new Map<string, Cell>()))
    let cell = third.get(c)
    if (cell === undefined) third.set(c, (cell = { value: 0 }))
    return cell
  }

  readonly read = (): Sample[] => {
    const samples: Sample[] = []
    for (const [a, second] of this.#cells) {
      for (const [b, third] of second) {
        for (const [c, { value }] of third) samples.push({ labels: this.#labels([a, b, c]), value })
      }
    }
    return samples
  }

  #labels(values: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.#names.map((name, index) => [name, values[index] ?? '']))
  }
}
