import { Counts, type Cell } from './counts.ts'

/** A model as metrics name it, with what has been spent on it. */
export type ModelTally = {
  readonly label: string
  readonly prompt: Cell
  readonly output: Cell
  readonly thoughts: Cell
  readonly cached: Cell
  readonly toolUse: Cell
}

/** Anybody can make up a model's name, so only a name that Google has answered for becomes a label; the rest are `other`. */
export class ModelTallies {
  readonly #tokens = new Counts(['model', 'kind'])
  readonly #known = new Map<string, ModelTally>()
  readonly #other = this.#tally('other')
  /** Calls that are about no model: lists, files. */
  readonly #none = this.#tally('none')
  readonly #most: number

  constructor(most = 200) {
    this.#most = most
  }

  answered(model: string): ModelTally {
    const tally = this.find(model)
    if (tally !== this.#other || this.#known.size >= this.#most) return tally
    const fresh = this.#tally(model)
    this.#known.set(model, fresh)
    return fresh
  }

  find(model: string): ModelTally {
    return this.#known.get(model) ?? (model === '' ? this.#none : this.#other)
  }

  get read() {
    return this.#tokens.read
  }

  #tally(label: string): ModelTally {
    const cell = (kind: string) => this.#tokens.cell(label, kind)
    return {
      label,
      prompt: cell('prompt'),
      output: cell('output'),
      thoughts: cell('thoughts'),
      cached: cell('cached'),
      toolUse: cell('tool-use'),
    }
  }
}
