import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortInSlices } from './sort-in-slices.ts'

type Item = { readonly by: number; readonly place: number }

test('sorts as Array does, and keeps the order of equals', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 300 }),
      async (numbers) => {
        // Twenty times as long: long enough for several runs.
        const items = Array.from({ length: 20 }, () => numbers)
          .flat()
          .map((by, place): Item => ({ by, place }))
        const compare = (a: Item, b: Item) => a.by - b.by
        expect(await sortInSlices(items, compare)).toEqual(items.toSorted(compare))
      },
    ),
    { numRuns: 30 },
  )
})
