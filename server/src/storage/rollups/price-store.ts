import type { Connections } from '../history/attempt-store.ts'
import { inTransaction } from '../database/in-transaction.ts'

/** US dollars for a million tokens of a model, from a moment on. */
export type Price = {
  readonly model: string
  readonly since: number
  readonly prompt: number
  readonly output: number
  /** Prompt tokens that Google had in its cache. */
  readonly cached: number
  readonly source: string
}

export type PriceStore = {
  all(): Promise<Price[]>
  /** All of them anew. */
  replace(prices: readonly Price[]): Promise<void>
}

export function createPriceStore({ db }: Pick<Connections, 'db'>): PriceStore {
  return {
    all: () => db.selectFrom('prices').selectAll().orderBy('model').orderBy('since').execute(),
    replace: (prices) =>
      inTransaction(db, async (step) => {
        await step.deleteFrom('prices').execute()
        if (prices.length > 0)
          await step
            .insertInto('prices')
            .values([...prices])
            .execute()
      }),
  }
}
