import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createVirtualClock } from './virtual-clock.ts'

test('events run in order of time, and at the same time in the order of scheduling', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const clock = createVirtualClock(0)
      const seen: { at: number; order: number }[] = []
      for (const [order, at] of times.entries()) {
        clock.at(at, () => seen.push({ at: clock.now(), order }))
      }
      while (clock.step(Infinity));
      const asked = times.map((at, order) => ({ at, order }))
      expect(seen).toEqual(asked.toSorted((a, b) => a.at - b.at || a.order - b.order))
    }),
  )
})

test('a cancelled event does not run', () => {
  const clock = createVirtualClock(0)
  let happened = false
  const cancel = clock.at(5, () => (happened = true))
  cancel()
  expect(clock.step(10)).toBe(false)
  expect(happened).toBe(false)
})

test('step does not run events after its limit', () => {
  const clock = createVirtualClock(0)
  clock.at(50, () => undefined)
  expect(clock.step(20)).toBe(false)
  expect(clock.now()).toBe(20)
  expect(clock.step(50)).toBe(true)
})
