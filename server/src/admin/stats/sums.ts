import type { Price, KindSum, MomentSum } from '../../telemetry/stores.ts'
import { costOf } from '../../telemetry/usage/cost.ts'
import { resultOf } from '../../google/result-of.ts'

export type Sums = {
  total: number
  success: number
  failure: number
  left: number
  requests: number
  promptTokens: number
  outputTokens: number
  thoughtTokens: number
  cachedTokens: number
}

export type PricedSums = Sums & {
  /** US dollars, of the models that have a price. */
  cost: number
  /** Tokens of models without a price. */
  unpricedTokens: number
}

export const emptySums = (): Sums => ({
  total: 0,
  success: 0,
  failure: 0,
  left: 0,
  requests: 0,
  promptTokens: 0,
  outputTokens: 0,
  thoughtTokens: 0,
  cachedTokens: 0,
})

export function addSum(sums: Sums, sum: Omit<MomentSum, 'at'>): void {
  sums.total += sum.attempts
  sums[resultOf(sum.verdict)] += sum.attempts
  sums.requests += sum.requests
  sums.promptTokens += sum.promptTokens
  sums.outputTokens += sum.outputTokens
  sums.thoughtTokens += sum.thoughtTokens
  sums.cachedTokens += sum.cachedTokens
}

/** Sums by group, with their cost at today's prices. */
export function groupSums(
  rows: readonly KindSum[],
  prices: readonly Price[],
  groupOf: (row: KindSum) => string,
): Map<string, PricedSums> {
  const groups = new Map<string, PricedSums>()
  for (const row of rows) {
    const group = groupOf(row)
    const sums = groups.get(group) ?? { ...emptySums(), cost: 0, unpricedTokens: 0 }
    groups.set(group, sums)
    addSum(sums, row)
    const cost = costOf(row, prices, Infinity)
    sums.cost += cost ?? 0
    if (cost === undefined) {
      sums.unpricedTokens += row.promptTokens + row.outputTokens + row.thoughtTokens
    }
  }
  return groups
}
