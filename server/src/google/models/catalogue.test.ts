import { expect, test } from 'vitest'
import { createCatalogue } from './catalogue.ts'

function setUp(answers: (() => Promise<{ name: string }[]>)[]) {
  const state = { now: 0, fetches: 0, errors: 0 }
  const catalogue = createCatalogue({
    fetchModels: () => {
      const answer = answers[Math.min(state.fetches, answers.length - 1)]
      state.fetches += 1
      return answer === undefined ? Promise.resolve([]) : answer()
    },
    now: () => state.now,
    ttlMs: () => 1000,
    onError: () => (state.errors += 1),
  })
  return { state, catalogue }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))
const list = (name: string) => () => Promise.resolve([{ name: `models/${name}` }])
const fail = () => Promise.reject(new Error('no key'))

test('simultaneous requests cause one fetch', async () => {
  const { state, catalogue } = setUp([list('a')])
  await Promise.all([catalogue.models(), catalogue.models(), catalogue.models()])
  expect(state.fetches).toBe(1)
  expect(catalogue.has('a')).toBe(true)
})

test('an old list is served immediately while a new one is fetched', async () => {
  const { state, catalogue } = setUp([list('a'), list('b')])
  await catalogue.models()
  state.now = 1001
  expect(await catalogue.models()).toEqual([{ name: 'models/a' }])
  await settle()
  expect(await catalogue.models()).toEqual([{ name: 'models/b' }])
})

test('an old list is served after a failed fetch, and the next fetch is delayed', async () => {
  const { state, catalogue } = setUp([list('a'), fail, list('b')])
  await catalogue.models()
  state.now = 5000
  await catalogue.models()
  await settle()
  expect(await catalogue.models()).toEqual([{ name: 'models/a' }])
  expect(state).toMatchObject({ errors: 1, fetches: 2 })
  state.now = 6000
  await catalogue.models()
  await settle()
  expect(await catalogue.models()).toEqual([{ name: 'models/b' }])
})

test('without a list a failed fetch rejects, and the next request fetches again', async () => {
  const { catalogue } = setUp([fail, list('a')])
  await expect(catalogue.models()).rejects.toThrow('no key')
  expect(await catalogue.models()).toEqual([{ name: 'models/a' }])
})
