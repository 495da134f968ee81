import type { GatewayObserver } from '../../gateway/observer.ts'
import type { PriceBook } from './price-book.ts'
import { costOf } from './cost.ts'

export type TokenUseDeps = {
  readonly record: (use: {
    readonly caller: string
    readonly tokens: number
    readonly cost: number
    readonly at: number
  }) => void
  readonly prices: Pick<PriceBook, 'current'>
}

/** Counts what answers cost toward the limits of the client token that asked for them. */
export function observeTokenUse({ record, prices }: TokenUseDeps): GatewayObserver {
  return {
    attempted({ request, usage, startedAt, durationMs }) {
      if (usage === undefined) return
      const at = startedAt + durationMs
      const sum = {
        model: request.key.model,
        promptTokens: usage.prompt,
        outputTokens: usage.output,
        thoughtTokens: usage.thoughts,
        cachedTokens: usage.cached,
      }
      const cost = costOf(sum, prices.current(), at) ?? 0
      record({ caller: request.labels.caller, tokens: usage.total, cost, at })
    },
  }
}
