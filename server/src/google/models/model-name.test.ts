import { describe, expect, test } from 'vitest'
import { parseModelName } from './model-name.ts'

const settings = {
  searchModels: ['gemini-2.5-pro'],
  imageModels: ['gemini-2.5-pro'],
  filteredModels: ['chat-bison-001'],
}
const known = new Set(['gemini-2.5-pro', 'gemini-3.1-flash-image'])
const parse = (name: string) => parseModelName(name, settings, (model) => known.has(model))
const plain = { search: false, image: false, nonThinking: false }

describe('suffixes', () => {
  test.each([
    ['gemini-2.5-pro', plain],
    ['gemini-2.5-pro-search', { ...plain, search: true }],
    ['gemini-2.5-pro-image', { ...plain, image: true }],
    ['gemini-2.5-pro-non-thinking', { ...plain, nonThinking: true }],
    ['gemini-2.5-pro-search-non-thinking', { ...plain, search: true, nonThinking: true }],
    ['gemini-2.5-pro-non-thinking-search', { ...plain, search: true, nonThinking: true }],
    ['gemini-2.5-pro-image-search-non-thinking', { search: true, image: true, nonThinking: true }],
  ])('%s', (name, wanted) => {
    expect(parse(name)).toEqual({ base: 'gemini-2.5-pro', ...wanted })
  })

  test('-image is part of the name for other models, whether the catalogue has them or not', () => {
    expect(parse('gemini-3.1-flash-image')).toEqual({ base: 'gemini-3.1-flash-image', ...plain })
    expect(parse('gemini-9-image')).toEqual({ base: 'gemini-9-image', ...plain })
  })

  test('a model whose name ends in -image takes further suffixes', () => {
    expect(parse('gemini-3.1-flash-image-non-thinking')).toMatchObject({
      base: 'gemini-3.1-flash-image',
      nonThinking: true,
      image: false,
    })
  })
})

test('a model whose name ends in -image takes further suffixes without a catalogue', () => {
  expect(parse('gemini-9-image-non-thinking')).toEqual({
    base: 'gemini-9-image',
    ...plain,
    nonThinking: true,
  })
})

test('a model in the catalogue keeps its full name', () => {
  const model = parseModelName('deep-search', { ...settings, searchModels: ['deep'] }, () => true)
  expect(model).toEqual({ base: 'deep-search', ...plain })
})

test('a name made only of suffixes does not exhaust the stack', () => {
  expect(parse('-search'.repeat(2000))).toBeUndefined()
})

test.each(['gemini-x-search', 'chat-bison-001', 'chat-bison-001-non-thinking', '', '-search'])(
  '%j is not supported',
  (name) => {
    expect(parse(name)).toBeUndefined()
  },
)
