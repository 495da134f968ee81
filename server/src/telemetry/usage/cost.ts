import type { Price } from '../stores.ts'

export type TokenSum = {
  readonly promptTokens: number
  readonly outputTokens: number
  readonly thoughtTokens: number
  readonly cachedTokens: number
}

const aMillion = 1_000_000

/** The cost of tokens in US dollars; undefined without a price. Google's prompt tokens include the cached ones; thoughts cost as output. */
export function costOf(
  sum: TokenSum & { readonly model: string },
  prices: readonly Price[],
  at: number,
): number | undefined {
  const price = prices.findLast(({ model, since }) => model === sum.model && since <= at)
  if (price === undefined) return undefined
  const uncached = Math.max(0, sum.promptTokens - sum.cachedTokens)
  return (
    (uncached * price.prompt +
      sum.cachedTokens * price.cached +
      (sum.outputTokens + sum.thoughtTokens) * price.output) /
    aMillion
  )
}
