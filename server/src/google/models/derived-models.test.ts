import { expect, test } from 'vitest'
import { deriveModels } from './derived-models.ts'

const models = [
  { name: 'models/a', displayName: 'A', newField: { x: 1 } },
  { name: 'models/b' },
  { name: 'models/gone' },
]

test('filtered models are removed and variants are added with all fields', () => {
  const derived = deriveModels(models, {
    searchModels: ['a', 'missing'],
    imageModels: ['a'],
    thinkingModels: ['b', 'gone'],
    filteredModels: ['gone'],
  })
  expect(derived).toEqual([
    models[0],
    models[1],
    {
      name: 'models/a-search',
      displayName: 'A For Search',
      description: 'A For Search',
      newField: { x: 1 },
    },
    {
      name: 'models/a-image',
      displayName: 'A For Image',
      description: 'A For Image',
      newField: { x: 1 },
    },
    { name: 'models/b-non-thinking', displayName: 'b Non Thinking', description: 'b Non Thinking' },
  ])
})

test('a variant that Google already lists is not added', () => {
  const listed = [{ name: 'models/a' }, { name: 'models/a-image' }]
  const settings = { searchModels: [], imageModels: ['a'], thinkingModels: [], filteredModels: [] }
  expect(deriveModels(listed, settings)).toEqual(listed)
})
