import { expect, test } from 'vitest'
import { fetchModels } from './fetch-models.ts'

const page = (value: unknown, status = 200) => ({
  status,
  body: Buffer.from(JSON.stringify(value)),
})

test('all pages are fetched in order', async () => {
  const queries: string[] = []
  const models = await fetchModels((query) => {
    queries.push(query)
    const isFirst = !query.includes('pageToken')
    const first = { models: [{ name: 'models/a' }], nextPageToken: 'x/y=' }
    return Promise.resolve(page(isFirst ? first : { models: [{ name: 'models/b', new: 1 }] }))
  })
  expect(models).toEqual([{ name: 'models/a' }, { name: 'models/b', new: 1 }])
  expect(queries).toEqual(['?pageSize=1000', '?pageSize=1000&pageToken=x%2Fy%3D'])
})

test('fetching stops when pages never end', async () => {
  let pages = 0
  const models = await fetchModels(() => {
    pages += 1
    return Promise.resolve(page({ models: [{ name: `models/m${pages}` }], nextPageToken: 'again' }))
  })
  expect(models).toHaveLength(pages)
  expect(pages).toBeLessThan(100)
})

test('invalid models are skipped, and an invalid answer fails', async () => {
  const odd = { models: [{ name: 'models/a' }, null, { name: 7 }, 'x'] }
  expect(await fetchModels(() => Promise.resolve(page(odd)))).toEqual([{ name: 'models/a' }])
  expect(await fetchModels(() => Promise.resolve(page({})))).toEqual([])
  await expect(fetchModels(() => Promise.resolve(page({}, 403)))).rejects.toThrow('403')
  await expect(fetchModels(() => Promise.resolve(page(7)))).rejects.toThrow()
})
