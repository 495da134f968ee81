import type { Price, PriceStore } from '../../telemetry/stores.ts'
import type { Handlers } from '../handlers.ts'
import { AdminError } from '../http/admin-error.ts'
import { momentOf } from '../moments.ts'

type PriceEndpoints = 'listPrices' | 'replacePrices'

export function priceHandlers(store: PriceStore): Pick<Handlers, PriceEndpoints> {
  const list = async () => ({ prices: (await store.all()).map(presentPrice) })
  return {
    listPrices: list,
    async replacePrices({ prices }) {
      const starts = new Set(prices.map(({ model, since }) => `${model} ${since}`))
      if (starts.size < prices.length) {
        throw new AdminError(
          'invalid_input',
          'A model has two prices with the same start. Send one of them.',
        )
      }
      await store.replace(prices)
      return list()
    },
  }
}

function presentPrice({ model, since, prompt, output, cached, source }: Price) {
  return { model, since: momentOf(since), prompt, output, cached, source }
}
