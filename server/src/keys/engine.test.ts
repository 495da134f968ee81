import { describe, expect, test } from 'vitest'

import { createBench, hour, minute, perDay, perMinute } from './testing/engine-bench.ts'

describe('choosing a key', () => {
  test('equal keys take turns, the least recently used first', () => {
    const bench = createBench({ keys: 3 })
    const turns = Array.from({ length: 6 }, () => bench.meet('answered').key)
    expect(turns).toEqual([1, 2, 3, 1, 2, 3])
  })

  test('a key that was tried is not handed out again', () => {
    const bench = createBench({ keys: 3 })
    expect(bench.wanted({ tried: new Set([1, 2]) }).key).toBe(3)
    expect(bench.refused({ tried: new Set([1, 2, 3]) })).toEqual({ kind: 'all-tried' })
  })

  test('of how many it was chosen is known, and how its lane stands after it', () => {
    const bench = createBench({ keys: 3 })
    const first = bench.wanted()
    expect(first).toMatchObject({ ready: 3, groups: 3 })
    const spent = { verdict: 'quota-spent', status: 429, violations: [perDay(20)] } as const
    expect(bench.engine.keys.settle(first, spent)).toBe('cooling')
    const second = bench.wanted()
    expect(second).toMatchObject({ ready: 2, groups: 3 })
    expect(bench.engine.keys.settle(second, { verdict: 'answered', status: 200 })).toBe('ready')
  })

  test('no key at all is said as such', () => {
    expect(createBench({ keys: 0 }).refused()).toEqual({ kind: 'no-keys' })
  })

  test('a spent day is over at the next Pacific midnight, whatever the advertised delay', () => {
    const bench = createBench({ keys: 1, startAt: Date.UTC(2026, 8, 19, 18) })
    bench.meet('quota-spent', { violations: [perDay(20)], retryAfterMs: 31_000 })
    const wakesAt = Date.UTC(2026, 8, 20, 7) + 250
    expect(bench.refused()).toMatchObject({ kind: 'exhausted', wakesAt })
    bench.clock.advance(13 * hour - 1)
    expect(bench.refused().kind).toBe('exhausted')
    bench.clock.advance(251)
    expect(bench.wanted().trial).toBe(false)
  })

  test('a spent minute is over after the advertised delay', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [perMinute(5)], retryAfterMs: 20_000 })
    bench.clock.advance(19_999)
    expect(bench.refused().kind).toBe('exhausted')
    bench.clock.advance(1)
    expect(bench.wanted().key).toBe(1)
  })

  test('an invalid key is dead, and the others serve', () => {
    const bench = createBench({ keys: 2 })
    bench.meet('key-invalid')
    expect([bench.meet('answered').key, bench.meet('answered').key]).toEqual([2, 2])
    expect(bench.events).toContainEqual({ kind: 'key-died', key: 1, verdict: 'key-invalid' })
  })

  test('when all keys are dead none is alive', () => {
    const bench = createBench({ keys: 2 })
    bench.meet('key-leaked')
    bench.meet('key-invalid')
    expect(bench.refused()).toEqual({ kind: 'none-alive' })
    bench.clock.advance(40 * minute)
    expect(bench.refused()).toEqual({ kind: 'none-alive' })
  })
})

test('keys counted in steps are those counted at once, and one that can be used is known of', async () => {
  const { engine } = createBench({ keys: 5000 })
  expect(engine.views.isReady()).toBe(true)
  for (let key = 1; key <= 5000; key += 1) if (key % 7 > 0) engine.control.disable(key)
  expect(await engine.views.countsInSteps()).toEqual(engine.views.counts())
  expect(engine.views.counts().keys).toMatchObject({ active: 714, disabled: 4286 })
  for (let key = 7; key <= 5000; key += 7) engine.control.disable(key)
  expect(engine.views.isReady()).toBe(false)
})
