const most = 0xffff

export type NamedLimit = { readonly limit: number; readonly quotaId: string }

/** Limits as Google names them, kept once and known by a number of 16 bits; 0 is nothing, and what no longer fits. */
export class NamedLimits {
  readonly #numbers = new Map<string, Map<number, number>>()
  readonly #limits: (NamedLimit | undefined)[] = [undefined]

  numberOf({ limit, quotaId }: NamedLimit): number {
    const known = this.#numbers.get(quotaId)?.get(limit)
    return known ?? this.#add({ limit, quotaId })
  }

  thing(number: number): NamedLimit | undefined {
    return this.#limits[number]
  }

  #add(named: NamedLimit): number {
    const number = this.#limits.length
    if (number > most) return 0
    this.#limits.push(named)
    const ofId = this.#numbers.get(named.quotaId)
    if (ofId) ofId.set(named.limit, number)
    else this.#numbers.set(named.quotaId, new Map([[named.limit, number]]))
    return number
  }
}
