import { modelProofs, type VerdictName } from '../../google/verdicts.ts'

export const otherModel = 'other'

const maxProved = 1000

/** Clients can invent any number of models: only those of Google's list, or of an answer that proves one, are labels. */
export class KnownModels {
  readonly #isListed: (model: string) => boolean
  readonly #proved = new Set<string>()

  constructor(isListed: (model: string) => boolean) {
    this.#isListed = isListed
  }

  /** Learns from the verdict. Calls without a model have the name `''`. */
  has(model: string, verdict: VerdictName): boolean {
    if (model === '' || this.#proved.has(model) || this.#isListed(model)) return true
    if (!modelProofs.has(verdict) || this.#proved.size >= maxProved) return false
    this.#proved.add(model)
    return true
  }
}
