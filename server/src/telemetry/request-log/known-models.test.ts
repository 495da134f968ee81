import { expect, test } from 'vitest'
import { KnownModels } from './known-models.ts'

test('a model of the list of Google is known before any answer', () => {
  const models = new KnownModels((model) => model === 'listed')
  expect(models.has('listed', 'network-failed')).toBe(true)
  expect(models.has('', 'answered')).toBe(true)
})

test('another model is known from the first answer that proves it', () => {
  const models = new KnownModels(() => false)
  expect(models.has('new', 'model-not-found')).toBe(false)
  expect(models.has('new', 'key-invalid')).toBe(false)
  expect(models.has('new', 'quota-spent')).toBe(true)
  expect(models.has('new', 'network-failed')).toBe(true)
})

test('10 000 invented models stay unknown', () => {
  const models = new KnownModels(() => false)
  for (let index = 0; index < 10_000; index += 1) {
    expect(models.has(`invented-${index}`, 'model-not-found')).toBe(false)
  }
  expect(models.has('real', 'answered')).toBe(true)
})
