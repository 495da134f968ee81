import type { Sample } from './exposition.ts'

/** A number that somebody adds to. */
export type Cell = { value: number }

type Leaves = Map<string, Cell>

/** Numbers by up to three labels. To reach one costs a look-up per label, and no text is put together for it. */
export class Counts {
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
