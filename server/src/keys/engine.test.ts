import { describe, expect, test } from 'vitest'

import { createTestEngine, hour, minute, perDay, perMinute } from './testing/test-engine.ts'

describe('choosing a key', () => {
  test('equal keys take turns, the least recently used first', () => {
    const engine = createTestEngine({ keys: 3 })
    const turns = Array.from({ length: 6 }, () => engine.meet('answered').key)
    expect(turns).toEqual([1, 2, 3, 1, 2, 3])
  })

  test('a key that was tried is not handed out again', () => {
    const engine = createTestEngine({ keys: 3 })
    expect(engine.reserve({ tried: new Set([1, 2]) }).key).toBe(3)
    expect(engine.refused({ tried: new Set([1, 2, 3]) })).toEqual({ kind: 'all-tried' })
  })

  test('a reservation names the number of candidates, and settling returns the status of its lane', () => {
    const engine = createTestEngine({ keys: 3 })
    const first = engine.reserve()
    expect(first).toMatchObject({ ready: 3, groups: 3 })
    const spent = { verdict: 'quota-spent', status: 429, violations: [perDay(20)] } as const
    expect(engine.keys.settle(first, spent)).toBe('cooling')
    const second = engine.reserve()
    expect(second).toMatchObject({ ready: 2, groups: 3 })
    expect(engine.keys.settle(second, { verdict: 'answered', status: 200 })).toBe('ready')
  })

  test('without any key the reason is no-keys', () => {
    expect(createTestEngine({ keys: 0 }).refused()).toEqual({ kind: 'no-keys' })
  })

  test('an exhausted day is over at the next Pacific midnight, whatever the advertised delay', () => {
    const engine = createTestEngine({ keys: 1, startAt: Date.UTC(2026, 8, 19, 18) })
    engine.meet('quota-spent', { violations: [perDay(20)], retryAfterMs: 31_000 })
    const wakesAt = Date.UTC(2026, 8, 20, 7) + 250
    expect(engine.refused()).toMatchObject({ kind: 'exhausted', wakesAt })
    engine.clock.advance(13 * hour - 1)
    expect(engine.refused().kind).toBe('exhausted')
    engine.clock.advance(251)
    expect(engine.reserve().trial).toBe(false)
  })

  test('an exhausted minute is over after the advertised delay', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [perMinute(5)], retryAfterMs: 20_000 })
    engine.clock.advance(19_999)
    expect(engine.refused().kind).toBe('exhausted')
    engine.clock.advance(1)
    expect(engine.reserve().key).toBe(1)
  })

  test('an invalid key is dead, and the others serve', () => {
    const engine = createTestEngine({ keys: 2 })
    engine.meet('key-invalid')
    expect([engine.meet('answered').key, engine.meet('answered').key]).toEqual([2, 2])
    expect(engine.events).toContainEqual({ kind: 'key-died', key: 1, verdict: 'key-invalid' })
  })

  test('when all keys are dead none is alive', () => {
    const engine = createTestEngine({ keys: 2 })
    engine.meet('key-leaked')
    engine.meet('key-invalid')
    expect(engine.refused()).toEqual({ kind: 'none-alive' })
    engine.clock.advance(40 * minute)
    expect(engine.refused()).toEqual({ kind: 'none-alive' })
  })
})

test('keys are counted by state, and isReady is true while one can be used', async () => {
  const engine = createTestEngine({ keys: 5000 })
  expect(engine.views.isReady()).toBe(true)
  for (let key = 1; key <= 5000; key += 1) if (key % 7 > 0) engine.control.disable(key)
  expect((await engine.views.counts()).keys).toMatchObject({ active: 714, disabled: 4286 })
  for (let key = 7; key <= 5000; key += 7) engine.control.disable(key)
  expect(engine.views.isReady()).toBe(false)
})
