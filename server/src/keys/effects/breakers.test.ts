import { describe, expect, test } from 'vitest'

import { createBench, flash, minute } from '../testing/engine-bench.ts'

describe('an overloaded model', () => {
  test('is left alone after refusals of two projects, and no key is hurt', () => {
    const bench = createBench({ keys: 5 })
    bench.meet('model-overloaded')
    bench.meet('model-overloaded')
    expect(bench.refused()).toEqual({ kind: 'overloaded', wakesAt: bench.clock.now() + 1000 })
    expect(bench.engine.views.counts().keys.active).toBe(5)
    expect(bench.wanted({ lane: 'gemini-other' }).key).toBe(1)
  })

  test('is left alone after three refusals of one project', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('model-overloaded')
    bench.meet('model-overloaded')
    bench.meet('model-overloaded')
    expect(bench.refused().kind).toBe('overloaded')
  })

  test('is tried by one call, and left alone twice as long each time, up to 30 s', () => {
    const bench = createBench({ keys: 5 })
    bench.meet('model-overloaded')
    bench.meet('model-overloaded')
    for (const waitMs of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      bench.clock.advance(waitMs - 1)
      expect(bench.refused().kind).toBe('overloaded')
      bench.clock.advance(1)
      const trial = bench.wanted()
      expect(trial.trial).toBe(true)
      expect(bench.refused().kind).toBe('overloaded')
      bench.engine.keys.settle(trial, { verdict: 'model-overloaded', status: 503 })
    }
  })

  test('is open again after an answer', () => {
    const bench = createBench({ keys: 5 })
    bench.meet('model-overloaded')
    bench.meet('model-overloaded')
    bench.clock.advance(1000)
    bench.meet('answered')
    expect(bench.wanted().trial).toBe(false)
    expect(bench.events.at(-1)).toEqual({ kind: 'model-recovered', lane: flash })
  })

  test('lets everybody through when a trial was not refused quickly', () => {
    const bench = createBench({ keys: 5 })
    bench.meet('model-overloaded')
    bench.meet('model-overloaded')
    bench.clock.advance(1000)
    bench.wanted()
    bench.clock.advance(2000)
    expect([bench.wanted().trial, bench.wanted().trial]).toEqual([false, false])
  })

  test('is not left alone for a few refusals among many answers', () => {
    const bench = createBench({ keys: 5 })
    for (let time = 0; time < 10; time += 1) bench.meet('answered')
    bench.meet('model-overloaded')
    bench.meet('model-overloaded')
    bench.meet('model-overloaded')
    expect(bench.wanted().trial).toBe(false)
  })

  test('is not left alone for longer by calls that were out when it was found', () => {
    const bench = createBench({ keys: 5 })
    const out = [bench.wanted(), bench.wanted(), bench.wanted(), bench.wanted()]
    bench.clock.advance(10)
    for (const reservation of out) {
      bench.engine.keys.settle(reservation, { verdict: 'model-overloaded', status: 503 })
      bench.clock.advance(10)
    }
    bench.clock.advance(1000)
    expect(bench.wanted().trial).toBe(true)
  })
})

describe('the way out', () => {
  test.each(['network-failed', 'location-refused'] as const)(
    'is shut for a moment after %s on three projects, and no key is hurt',
    (verdict) => {
      const bench = createBench({ keys: 5 })
      for (let time = 0; time < 3; time += 1) bench.meet(verdict)
      expect(bench.refused()).toEqual({ kind: 'egress-down', wakesAt: bench.clock.now() + 1000 })
      expect(bench.engine.views.counts().keys.active).toBe(5)
    },
  )

  test('is not shut by failures between answers', () => {
    const bench = createBench({ keys: 5 })
    for (let time = 0; time < 10; time += 1) {
      bench.meet('network-failed')
      bench.meet('network-failed')
      bench.meet('request-refused')
    }
    expect(bench.wanted().trial).toBe(false)
  })

  test('is shut by a single key too, when there is only one', () => {
    const bench = createBench({ keys: 1 })
    for (let time = 0; time < 3; time += 1) bench.meet('network-failed')
    expect(bench.refused().kind).toBe('egress-down')
  })

  test('is tried again by whoever waits when its trial is long without an answer', () => {
    const bench = createBench({ keys: 5 })
    for (let time = 0; time < 3; time += 1) bench.meet('network-failed')
    bench.clock.advance(1000)
    expect(bench.wanted().trial).toBe(true)
    expect(bench.refused()).toEqual({ kind: 'egress-down', wakesAt: bench.clock.now() + 1000 })
    bench.clock.advance(1000)
    expect(bench.wanted().trial).toBe(true)
  })

  test('opens with the first answer of any kind', () => {
    const bench = createBench({ keys: 5 })
    for (let time = 0; time < 3; time += 1) bench.meet('network-failed')
    bench.clock.advance(1000)
    expect(bench.meet('request-refused').trial).toBe(true)
    expect(bench.wanted().trial).toBe(false)
    expect(bench.events.at(-1)).toEqual({ kind: 'egress-recovered' })
  })

  test('being gone for a minute disables nothing', () => {
    const bench = createBench({ keys: 5 })
    const end = bench.clock.now() + minute
    while (bench.clock.now() < end) {
      const result = bench.engine.keys.reserve({
        lane: flash,
        model: flash,
        estimatedInputTokens: 1,
      })
      if (result.ok)
        bench.engine.keys.settle(result.reservation, { verdict: 'network-failed', status: 0 })
      bench.clock.advance(100)
    }
    bench.clock.advance(15_000)
    const keys = Array.from({ length: 5 }, () => bench.meet('answered').key)
    expect(new Set(keys).size).toBe(5)
    expect(bench.engine.views.counts().keys.active).toBe(5)
  })
})

describe('the same refusal of many independent keys within seconds', () => {
  test('kills none of them, and is said aloud', () => {
    const bench = createBench({ keys: 8 })
    for (let time = 0; time < 6; time += 1) bench.meet('key-invalid')
    expect(bench.engine.views.counts().keys).toMatchObject({ dead: 0, failing: 6, active: 2 })
    expect(bench.events).toContainEqual({
      kind: 'failures-correlated',
      verdict: 'key-invalid',
      keys: [1, 2, 3, 4, 5],
    })
  })

  test('kills those that are refused again after their rest: each is tried twice at most', () => {
    const bench = createBench({ keys: 8 })
    for (let time = 0; time < 6; time += 1) bench.meet('key-invalid')
    bench.clock.advance(minute)
    for (let time = 0; time < 20; time += 1) {
      const reservation = bench.wanted()
      const dead = reservation.key <= 6
      bench.engine.keys.settle(reservation, {
        verdict: dead ? 'key-invalid' : 'answered',
        status: dead ? 400 : 200,
      })
    }
    expect(bench.engine.views.counts().keys).toMatchObject({ dead: 6, active: 2 })
  })

  test('is taken for each key by itself when answers come in between', () => {
    const bench = createBench({ keys: 12 })
    for (let time = 0; time < 6; time += 1) {
      bench.meet('key-invalid')
      bench.meet('answered')
    }
    expect(bench.engine.views.counts().keys).toMatchObject({ dead: 6, active: 6 })
  })

  test('is believed at once when the keys are reported as leaked', () => {
    const bench = createBench({ keys: 8 })
    for (let time = 0; time < 8; time += 1) bench.meet('key-leaked')
    expect(bench.engine.views.counts().keys.dead).toBe(8)
  })

  test('is no coincidence within one project', () => {
    const bench = createBench({ keys: Array.from({ length: 8 }, () => ({ project: 'p' })) })
    for (let time = 0; time < 8; time += 1) bench.meet('key-invalid')
    expect(bench.engine.views.counts().keys.dead).toBe(8)
  })
})
