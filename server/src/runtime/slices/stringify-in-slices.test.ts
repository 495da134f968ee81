import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringifyInSlices } from './stringify-in-slices.ts'

const written = async (value: object) => (await stringifyInSlices(value)).toString('utf8')

test('writes what JSON.stringify writes', async () => {
  const item = fc.oneof(fc.jsonValue(), fc.constant(undefined))
  const list = fc.array(item, { maxLength: 160, size: 'max' })
  const name = fc.oneof(fc.string(), fc.nat().map(String))
  const map = fc.dictionary(name, item, { maxKeys: 160, size: 'max' })
  const member = fc.oneof(item, list, map, fc.date({ noInvalidDate: true }))
  const value = fc.oneof(
    list,
    map,
    fc.dictionary(name, fc.oneof(member, fc.dictionary(name, member))),
  )
  await fc.assert(
    fc.asyncProperty(value, async (some) => {
      expect(await written(some)).toBe(JSON.stringify(some))
    }),
    { numRuns: 300 },
  )
})

test('lets others in between while it writes a long list', async () => {
  let turns = 0
  const count = () => {
    turns += 1
    timer = setImmediate(count)
  }
  let timer = setImmediate(count)
  const rows = Array.from({ length: 50_000 }, (_, id) => ({ id, text: `row ${id}…` }))
  const value = { rows, data: { byId: Object.fromEntries(rows.map((row) => [row.id, row])) } }
  expect(await written(value)).toBe(JSON.stringify(value))
  clearImmediate(timer)
  expect(turns).toBeGreaterThan(3)
})
