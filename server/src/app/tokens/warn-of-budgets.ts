import { budgetWarning } from '../../auth/clients/budget-warning.ts'
import { tokenIdOf } from '../../auth/clients/client-token.ts'
import type { ClientTokens } from '../../auth/clients/client-tokens.ts'
import type { Log } from '../../log/create-log.ts'
import type { PriceBook } from '../../telemetry/usage/price-book.ts'

export type WarnOfBudgetsDeps = {
  readonly tokens: Pick<ClientTokens, 'all'>
  readonly prices: Pick<PriceBook, 'current'>
  readonly log: Pick<Log, 'warn'>
}

const maxNamed = 10

/** Says at the start which budgets have no effect. Those that count some models are not news. */
export function warnOfBudgets({ tokens, prices, log }: WarnOfBudgetsDeps): void {
  const priced = prices.current().map(({ model }) => model)
  const found = tokens.all().flatMap((token) => {
    const isOpen = token.allowedModels === undefined && priced.length > 0
    const warning = isOpen ? undefined : budgetWarning(token, priced)
    return warning === undefined ? [] : [{ id: tokenIdOf(token.digest), name: token.name, warning }]
  })
  for (const { warning, ...token } of found.slice(0, maxNamed)) log.warn({ token }, warning)
  const more = found.length - maxNamed
  if (more > 0) log.warn(`${more} more client tokens have a budget without prices.`)
}
