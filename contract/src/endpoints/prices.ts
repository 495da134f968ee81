import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { nothing } from './shapes.ts'

const price = z.strictObject({
  model: z.string().min(1).max(200),
  /** When it begins, in milliseconds since the epoch. */
  since: z.number().int().min(0).default(0),
  prompt: z.number().min(0),
  output: z.number().min(0),
  cached: z.number().min(0),
  source: z.string().max(300).default(''),
})
const prices = z.object({ prices: z.array(price).max(1000) })

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
    input: prices,
    answer: prices,
  },
} as const satisfies Record<string, Endpoint>
