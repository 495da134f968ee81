import { expect, test } from 'vitest'

import { InternTable } from './intern-table.ts'

test('equal values share a number, and 0 is no value', () => {
  const table = new InternTable<readonly string[]>((names) => names.join())
  const first = table.numberOf(['a', 'b'])
  expect(first).toBeGreaterThan(0)
  expect(table.numberOf(['a', 'b'])).toBe(first)
  expect(table.numberOf(['a'])).not.toBe(first)
  expect(table.get(first)).toEqual(['a', 'b'])
  expect(table.get(0)).toBeUndefined()
})

test('values beyond the last number of 16 bits are not kept', () => {
  const table = new InternTable<number>((value) => value)
  for (let value = 0; value < 0xffff; value += 1) table.numberOf(value)
  expect(table.numberOf(1_000_000)).toBe(0)
  expect(table.get(table.numberOf(0xfffe))).toBe(0xfffe)
})
