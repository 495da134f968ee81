import type { Price } from '../stores.ts'

export type TokenSum = {
  readonly promptTokens: number
  readonly outputTokens: number
  readonly thoughtTokens: number
  readonly cachedTokens: number
}

const aMillion = 1_000_000

/** What tokens of a model cost at a moment, in US dollars; undefined where no price is known. Google's prompt tokens include the cached ones, and thoughts cost what output costs. */
export function costOf(
  sum: TokenSum & { readonly model: string },
  prices: readonly Price[],
  at: number,
): number | undefined {
  const price = prices.findLast(({ model, since }) => model === sum.model && since <= at)
  if (price === undefined) return undefined
  const fresh = Math.max(0, sum.promptTokens - sum.cachedTokens)
  return (
    (fresh * price.prompt +
      sum.cachedTokens * price.cached +
      (sum.outputTokens + sum.thoughtTokens) * price.output) /
    aMillion
  )
}
