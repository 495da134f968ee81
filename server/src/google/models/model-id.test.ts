import { expect, test } from 'vitest'
import { isModelId } from './model-id.ts'

test.each(['gemini-3.8-flash', 'gemini-2.5-flash-preview-09-2025', 'my_tuned-model', 'aqa'])(
  '%s can be the id of a model',
  (id) => {
    expect(isModelId(id)).toBe(true)
  },
)

test.each([
  '',
  '.',
  '..',
  '../files',
  'a/b',
  'a:b',
  'a?key=b',
  'a#b',
  'a%2fb',
  'a b',
  'a\r\nb',
  'a\n',
  'a\u0000',
  'ä',
  'x'.repeat(129),
])('%j cannot be the id of a model', (id) => {
  expect(isModelId(id)).toBe(false)
})
