import { expect, test } from 'vitest'
import { costOf } from './cost.ts'

const price = { model: 'm', since: 10, prompt: 2, output: 10, cached: 0.5, source: '' }
const sum = {
  model: 'm',
  promptTokens: 1_000_000,
  cachedTokens: 400_000,
  outputTokens: 50_000,
  thoughtTokens: 50_000,
}

test('cached tokens are part of the prompt, and thoughts cost what output costs', () => {
  expect(costOf(sum, [price], 10)).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 0.1 * 10)
})

test('the price in force is the last one that had begun', () => {
  const dearer = { ...price, since: 20, prompt: 4 }
  expect(costOf(sum, [price, dearer], 19)).toBeCloseTo(2.4)
  expect(costOf(sum, [price, dearer], 20)).toBeCloseTo(3.6)
})

test('without a price the cost is unknown, not zero', () => {
  expect(costOf(sum, [price], 9)).toBeUndefined()
  expect(costOf({ ...sum, model: 'other' }, [price], 10)).toBeUndefined()
})
