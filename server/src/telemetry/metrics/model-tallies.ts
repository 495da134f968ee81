import { Counter, type Cell } from './counter.ts'

/** The label of a model, and its token counts. */
export type ModelTally = {
  readonly label: string
  readonly prompt: Cell
  readonly output: Cell
  readonly thoughts: Cell
  readonly cached: Cell
  readonly toolUse: Cell
}

/** Clients can send any model name, so only names that Google has answered for become labels. The rest are `other`. */
export class ModelTallies {
  readonly #tokens = new Counter(['model', 'kind'])
  readonly #known = new Map<string, ModelTally>()
  readonly #other = this.#tally('other')
  /** Calls without a model: lists, files. */
  readonly #none = this.#tally('none')
  readonly #maxModels: number

  constructor(maxModels = 200) {
    this.#maxModels = maxModels
  }

  answered(model: string): ModelTally {
    const tally = this.find(model)
    if (tally !== this.#other || this.#known.size >= this.#maxModels) return tally
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
