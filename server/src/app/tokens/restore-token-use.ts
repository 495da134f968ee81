import type { KindSum, UsageStore } from '../../telemetry/stores.ts'
import type { ZoneCalendar } from '../../runtime/time/calendar.ts'
import type { EarlierUse } from '../../auth/clients/token-meter.ts'
import type { TokenRegistry } from '../../auth/clients/token-registry.ts'
import { costOf } from '../../telemetry/usage/cost.ts'
import type { PriceBook } from '../../telemetry/usage/price-book.ts'

export type RestoreDeps = {
  readonly registry: TokenRegistry
  readonly usage: Pick<UsageStore, 'sums'>
  readonly prices: Pick<PriceBook, 'current'>
  readonly calendar: ZoneCalendar
  readonly now: number
}

/** Restores the counters of client tokens from what was used earlier today and this month. */
export async function restoreTokenUse(deps: RestoreDeps): Promise<void> {
  const { registry, usage, prices, calendar, now } = deps
  const to = now + 1
  const today = await usage.sums({ from: calendar.startOfDay(now), to }, 'caller')
  const month = await usage.sums({ from: calendar.startOfMonth(now), to }, 'caller')
  const uses = new Map<string, { -readonly [K in keyof EarlierUse]: EarlierUse[K] }>()
  const useOf = ({ name }: KindSum) => {
    const use = uses.get(String(name)) ?? { requestsToday: 0, tokensToday: 0, costThisMonth: 0 }
    uses.set(String(name), use)
    return use
  }
  for (const sum of today) {
    const use = useOf(sum)
    use.requestsToday += sum.requests
    use.tokensToday += sum.promptTokens + sum.outputTokens + sum.thoughtTokens
  }
  for (const sum of month) useOf(sum).costThisMonth += costOf(sum, prices.current(), now) ?? 0
  for (const [id, use] of uses) registry.restore(id, use, now)
}
