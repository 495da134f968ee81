import type { Price, PriceStore } from '../stores.ts'

/** The prices as they are stored, and at hand for what must not wait. */
export type PriceBook = PriceStore & { current(): readonly Price[] }

export async function openPriceBook(store: PriceStore): Promise<PriceBook> {
  let prices: readonly Price[] = await store.all()
  return {
    current: () => prices,
    all: () => store.all(),
    async replace(said) {
      await store.replace(said)
      prices = await store.all()
    },
  }
}
