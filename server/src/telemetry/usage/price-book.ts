import type { Price, PriceStore } from '../stores.ts'

/** The stored prices, and a copy in memory for the request path. */
export type PriceBook = PriceStore & { current(): readonly Price[] }

export async function openPriceBook(store: PriceStore): Promise<PriceBook> {
  let prices: readonly Price[] = await store.all()
  return {
    current: () => prices,
    all: () => store.all(),
    async replace(next) {
      await store.replace(next)
      prices = await store.all()
    },
  }
}
