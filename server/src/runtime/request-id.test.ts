import { expect, test } from 'vitest'
import { newRequestId } from './request-id.ts'

test('names differ, and grow with time', () => {
  const names = Array.from({ length: 1000 }, (_, index) =>
    newRequestId(1_700_000_000_000 + (index >> 4)),
  )
  expect(new Set(names).size).toBe(names.length)
  expect(names.toSorted()).toEqual(names)
})
