import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { moment, momentInput, nothing } from './shapes.ts'

const terms = {
  model: z.string().min(1).max(200),
  prompt: z.number().min(0),
  output: z.number().min(0),
  cached: z.number().min(0),
  source: z.string().max(300).default(''),
}
/** When it begins. */
const since = { since: moment }
const priceInput = z.strictObject({
  ...terms,
  since: momentInput.default(0),
})
const prices = z.object({ prices: z.array(z.strictObject({ ...terms, ...since })) })

/** What models cost. */
export const priceEndpoints = {
  listPrices: {
    method: 'GET',
    path: '/api/prices',
    help: 'Prices in US dollars for a million tokens, by model, with their start and source.',
    input: nothing,
    answer: prices,
  },
  replacePrices: {
    method: 'PUT',
    path: '/api/prices',
    help: 'Replaces all prices. The cost of a model without a price is unknown.',
    input: z.object({ prices: z.array(priceInput).max(1000) }),
    answer: prices,
  },
} as const satisfies Record<string, Endpoint>
