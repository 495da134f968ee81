import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RollingMinute } from './rolling-minute.ts'

const start = 1_790_000_000_000
const step = fc.record({ afterMs: fc.integer({ min: 0, max: 90_000 }), amount: fc.nat(50) })

test('the sum is that of the last minute, to the second', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const minute = new RollingMinute()
      const added: { second: number; amount: number }[] = []
      let now = start
      for (const { afterMs, amount } of steps) {
        now += afterMs
        minute.add(amount, now)
        const second = Math.floor(now / 1000)
        added.push({ second, amount })
        const expected = added
          .filter((one) => one.second > second - 60)
          .reduce((sum, one) => sum + one.amount, 0)
        expect(minute.total(now)).toBe(expected)
      }
    }),
  )
})

test('it falls below a limit when it says so, and not a second earlier', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 100 }),
      (steps, limit) => {
        const minute = new RollingMinute()
        let now = start
        for (const { afterMs, amount } of steps) {
          now += afterMs
          minute.add(amount, now)
        }
        if (minute.total(now) < limit) return
        const at = minute.fallsBelow(limit, now)
        expect(at).toBeGreaterThan(now)
        if (at - 1 > now) expect(minute.total(at - 1)).toBeGreaterThanOrEqual(limit)
        expect(minute.total(at)).toBeLessThan(limit)
      },
    ),
  )
})

test('a clock that goes back loses nothing', () => {
  const minute = new RollingMinute()
  minute.add(3, start)
  minute.add(4, start - 5000)
  expect(minute.total(start)).toBe(7)
})
