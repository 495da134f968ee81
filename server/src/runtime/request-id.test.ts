import { expect, test } from 'vitest'
import { newRequestId } from './request-id.ts'

test('ids differ, and grow with time', () => {
  const ids = Array.from({ length: 1000 }, (_, index) =>
    newRequestId(1_700_000_000_000 + (index >> 4)),
  )
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
})
