import fc from 'fast-check'
import { expect, test } from 'vitest'

import { laneCooldownKinds } from '../../inventory/cooldown.ts'
import type { LaneMemory } from '../lane-memory.ts'
import { PackedLanes } from './packed-lanes.ts'
import { limitNames } from '../../types.ts'
import { nothingLearned } from '../limits.ts'

const start = Date.UTC(2026, 0, 1)
const moment = fc.integer({ min: start, max: Date.UTC(2036, 0, 1) })
const count = fc.nat(4_000_000_000)
const id = fc.constantFrom('PerDay', 'PerMinute', 'Tokens')

const memory: fc.Arbitrary<LaneMemory> = fc.record({
  cooldown: fc.option(
    fc.record({
      since: moment,
      until: fc.option(moment, { nil: null }),
      needsTrial: fc.boolean(),
      kind: fc.constantFrom(...laneCooldownKinds),
      quotaIds: fc.array(id, { maxLength: 3 }),
      message: fc.constant(undefined),
    }),
    { nil: undefined },
  ),
  learned: fc.option(
    fc
      .array(
        fc.option(fc.record({ limit: fc.nat(50), at: moment, quotaId: id }), { nil: undefined }),
        {
          minLength: 4,
          maxLength: 4,
        },
      )
      .filter((limits) => limits.some((limit) => limit !== undefined))
      .map((limits) => {
        const learned = nothingLearned()
        for (const [index, name] of limitNames.entries()) learned[name] = limits[index]
        return learned
      }),
    { nil: undefined },
  ),
  unknownQuotas: fc.nat(15),
  notFound: fc.nat(15),
  counts: fc.record({
    minuteRequests: fc.nat(65_535),
    minuteTokens: count,
    minuteUntil: moment,
    dayRequests: count,
    dayTokens: count,
    dayEnd: fc.constantFrom(start, start + 86_400_250),
  }),
})

const tickMs = 125

/** Times may differ by less than a tick. */
function expectSame(read: LaneMemory, expected: LaneMemory): void {
  const { cooldown, learned, counts } = read
  expect(read).toMatchObject({ unknownQuotas: expected.unknownQuotas, notFound: expected.notFound })
  expect(cooldown === undefined).toBe(expected.cooldown === undefined)
  if (cooldown && expected.cooldown) {
    const { since, until, kind, quotaIds, needsTrial } = expected.cooldown
    expect(cooldown).toMatchObject({ kind, quotaIds, needsTrial })
    expect(since - cooldown.since).toBeGreaterThanOrEqual(0)
    expect(since - cooldown.since).toBeLessThan(tickMs)
    expectNoSooner(cooldown.until ?? Infinity, until ?? Infinity)
  }
  expect(learned === undefined).toBe(expected.learned === undefined)
  for (const name of limitNames) {
    const known = expected.learned?.[name]
    const { limit, quotaId } = known ?? {}
    expect(learned?.[name] === undefined).toBe(known === undefined)
    if (known) expect(learned?.[name]).toMatchObject({ limit, quotaId })
    if (known) expect(learned?.[name]?.at).toBeLessThanOrEqual(known.at)
  }
  const { minuteUntil, ...exact } = expected.counts ?? {}
  expect(counts).toMatchObject(exact)
  expectNoSooner(counts?.minuteUntil ?? 0, minuteUntil ?? 0)
}

function expectNoSooner(actual: number, expected: number): void {
  if (expected === Infinity) return expect(actual).toBe(Infinity)
  expect(actual - expected).toBeGreaterThanOrEqual(0)
  expect(actual - expected).toBeLessThan(tickMs)
}

test('a row returns what was written, with times never early and at most an eighth of a second late, whatever its neighbours hold', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(memory, fc.nat(15), fc.nat(300), moment)), (expected) => {
      const rows = new PackedLanes()
      const taken = expected.map(() => rows.take())
      // Rows that held something else before.
      for (const row of taken) rows.giveBack(row)
      const again = expected.map(() => rows.take())
      expect(new Set(again)).toEqual(new Set(taken))
      for (const [index, [memory, mark, table, wakeAt]] of expected.entries()) {
        const row = again[index] ?? 0
        rows.setTable(row, table)
        rows.setMark(row, mark)
        rows.setWakeAt(row, wakeAt)
        rows.setNext(row, index)
        rows.write(row, memory)
      }
      for (const [index, [memory, mark, table, wakeAt]] of expected.entries()) {
        const row = again[index] ?? 0
        expect([rows.table(row), rows.mark(row), rows.next(row)]).toEqual([table, mark, index])
        expectNoSooner(rows.wakeAt(row), wakeAt)
        expectSame(rows.read(row), memory)
      }
    }),
  )
})

test('a time that never comes stays so', () => {
  const rows = new PackedLanes()
  const row = rows.take()
  rows.setWakeAt(row, Infinity)
  expect(rows.wakeAt(row)).toBe(Infinity)
})
