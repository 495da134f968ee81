import { allowsModel, type TokenTerms } from './client-token.ts'

const maxNamed = 10

/** Why a budget does not count, or not for all models; undefined where it does. Only models with a price cost something. */
export function budgetWarning(
  { limits, allowedModels }: Pick<TokenTerms, 'limits' | 'allowedModels'>,
  pricedModels: readonly string[],
): string | undefined {
  if (limits.budgetPerMonth === undefined) return undefined
  const help = 'Set prices with PUT /api/prices.'
  if (pricedModels.length === 0) {
    return `budgetPerMonth is never reached, because no model has a price. ${help}`
  }
  if (allowedModels === undefined) {
    const some = namesOf([...new Set(pricedModels)])
    return `budgetPerMonth counts only models that have a price: ${some}. ${help}`
  }
  const unpriced = allowedModels.filter(
    (one) => !pricedModels.some((model) => allowsModel({ allowedModels: [one] }, model)),
  )
  if (unpriced.length === 0) return undefined
  return `budgetPerMonth does not count ${namesOf(unpriced)}, because there is no price. ${help}`
}

function namesOf(models: readonly string[]): string {
  const more = models.length - maxNamed
  const shown = models.slice(0, maxNamed).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}
