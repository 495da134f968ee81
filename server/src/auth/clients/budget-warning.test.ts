import { expect, test } from 'vitest'
import { budgetWarning } from './budget-warning.ts'

const budget = { limits: { budgetPerMonth: 5 }, allowedModels: undefined }

test.each([
  ['no budget', { ...budget, limits: {} }, [], undefined],
  ['no prices at all', budget, [], 'no model has a price'],
  ['prices of some models', budget, ['a', 'a', 'b'], 'only models that have a price: a, b.'],
  ['prices of all its models', { ...budget, allowedModels: ['a', 'b*'] }, ['a', 'b-1'], undefined],
  ['a model without a price', { ...budget, allowedModels: ['a', 'c*'] }, ['a'], 'count c*,'],
])('a budget with %s', (_name, terms, priced, sentence) => {
  const warning = budgetWarning(terms, priced)
  if (sentence === undefined) expect(warning).toBeUndefined()
  else expect(warning).toContain(sentence)
})

test('at most ten models are named', () => {
  const allowedModels = Array.from({ length: 1000 }, (_, index) => `m${index}`)
  expect(budgetWarning({ ...budget, allowedModels }, ['x'])).toContain('m9 and 990 more')
})
