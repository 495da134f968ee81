import { expect, test } from 'vitest'
import { labelOf, laneOf } from './methods.ts'

test('methods that generate or embed share the lane of the model', () => {
  expect(laneOf('m', 'generateContent')).toBe('m')
  expect(laneOf('m', 'embedContent')).toBe('m')
})

test('countTokens and unknown methods have other lanes', () => {
  expect(laneOf('m', 'countTokens')).toBe('m:countTokens')
  expect(laneOf('m', 'inventedByTheClient')).toBe('m:other')
})

test('an invented method is not a label', () => {
  expect(labelOf('predict')).toBe('predict')
  expect(labelOf('inventedByTheClient')).toBe('other')
})
