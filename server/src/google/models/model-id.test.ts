import { expect, test } from 'vitest'
import { idOf, isModelId } from './model-id.ts'

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

test.each([
  'gemini-x',
  'models/gemini-x',
  'google/gemini-x',
  'gemini/gemini-x',
  'google/gemini/gemini-x',
  'google/models/gemini-x',
  'publishers/google/models/gemini-x',
])('the id in %s is gemini-x', (name) => {
  expect(idOf(name)).toBe('gemini-x')
})

test.each(['tunedModels/x', 'openai/gpt-x', '', '/x', 'models', 'x/models/y'])(
  '%j is its own id',
  (name) => {
    expect(idOf(name)).toBe(name)
  },
)
