import { describe, expect, test } from 'vitest'

import { createTestEngine, flash, minute } from '../testing/test-engine.ts'

describe('an overloaded model', () => {
  test('is left alone after refusals of two projects, and no key changes', async () => {
    const engine = createTestEngine({ keys: 5 })
    engine.meet('model-overloaded')
    engine.meet('model-overloaded')
    expect(engine.refused()).toEqual({ kind: 'overloaded', wakesAt: engine.clock.now() + 1000 })
    expect((await engine.views.counts()).keys.active).toBe(5)
    expect(engine.reserve({ lane: 'gemini-other' }).key).toBe(1)
  })

  test('is left alone after three refusals of one project', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('model-overloaded')
    engine.meet('model-overloaded')
    engine.meet('model-overloaded')
    expect(engine.refused().kind).toBe('overloaded')
  })

  test('is tried by one call, and left alone twice as long each time, up to 30 s', () => {
    const engine = createTestEngine({ keys: 5 })
    engine.meet('model-overloaded')
    engine.meet('model-overloaded')
    for (const waitMs of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      engine.clock.advance(waitMs - 1)
      expect(engine.refused().kind).toBe('overloaded')
      engine.clock.advance(1)
      const trial = engine.reserve()
      expect(trial.trial).toBe(true)
      expect(engine.refused().kind).toBe('overloaded')
      engine.keys.settle(trial, { verdict: 'model-overloaded', status: 503 })
    }
  })

  test('is open again after an answer', () => {
    const engine = createTestEngine({ keys: 5 })
    engine.meet('model-overloaded')
    engine.meet('model-overloaded')
    engine.clock.advance(1000)
    engine.meet('answered')
    expect(engine.reserve().trial).toBe(false)
    expect(engine.events.at(-1)).toEqual({ kind: 'model-recovered', lane: flash })
  })

  test('lets all calls through when a trial was not refused quickly', () => {
    const engine = createTestEngine({ keys: 5 })
    engine.meet('model-overloaded')
    engine.meet('model-overloaded')
    engine.clock.advance(1000)
    engine.reserve()
    engine.clock.advance(2000)
    expect([engine.reserve().trial, engine.reserve().trial]).toEqual([false, false])
  })

  test('is not left alone for a few refusals among many answers', () => {
    const engine = createTestEngine({ keys: 5 })
    for (let time = 0; time < 10; time += 1) engine.meet('answered')
    engine.meet('model-overloaded')
    engine.meet('model-overloaded')
    engine.meet('model-overloaded')
    expect(engine.reserve().trial).toBe(false)
  })

  test('is not left alone for longer by calls that were out when it was found', () => {
    const engine = createTestEngine({ keys: 5 })
    const out = [engine.reserve(), engine.reserve(), engine.reserve(), engine.reserve()]
    engine.clock.advance(10)
    for (const reservation of out) {
      engine.keys.settle(reservation, { verdict: 'model-overloaded', status: 503 })
      engine.clock.advance(10)
    }
    engine.clock.advance(1000)
    expect(engine.reserve().trial).toBe(true)
  })
})

describe('the egress', () => {
  test.each(['network-failed', 'location-refused'] as const)(
    'closes for a moment after %s on three projects, and no key changes',
    async (verdict) => {
      const engine = createTestEngine({ keys: 5 })
      for (let time = 0; time < 3; time += 1) engine.meet(verdict)
      const kind = verdict === 'network-failed' ? 'egress-down' : verdict
      expect(engine.refused()).toEqual({ kind, wakesAt: engine.clock.now() + 1000 })
      expect((await engine.views.counts()).keys.active).toBe(5)
    },
  )

  test('is not closed by failures between answers', () => {
    const engine = createTestEngine({ keys: 5 })
    for (let time = 0; time < 10; time += 1) {
      engine.meet('network-failed')
      engine.meet('network-failed')
      engine.meet('request-refused')
    }
    expect(engine.reserve().trial).toBe(false)
  })

  test('is closed by a single key, when there is only one', () => {
    const engine = createTestEngine({ keys: 1 })
    for (let time = 0; time < 3; time += 1) engine.meet('network-failed')
    expect(engine.refused().kind).toBe('egress-down')
  })

  test('is tried again by the next waiting request when its trial takes long', () => {
    const engine = createTestEngine({ keys: 5 })
    for (let time = 0; time < 3; time += 1) engine.meet('network-failed')
    engine.clock.advance(1000)
    expect(engine.reserve().trial).toBe(true)
    expect(engine.refused()).toEqual({ kind: 'egress-down', wakesAt: engine.clock.now() + 1000 })
    engine.clock.advance(1000)
    expect(engine.reserve().trial).toBe(true)
  })

  test('opens with the first answer of any kind', () => {
    const engine = createTestEngine({ keys: 5 })
    for (let time = 0; time < 3; time += 1) engine.meet('network-failed')
    engine.clock.advance(1000)
    expect(engine.meet('request-refused').trial).toBe(true)
    expect(engine.reserve().trial).toBe(false)
    expect(engine.events.at(-1)).toEqual({ kind: 'egress-recovered' })
  })

  test('being gone for a minute disables nothing', async () => {
    const engine = createTestEngine({ keys: 5 })
    const end = engine.clock.now() + minute
    while (engine.clock.now() < end) {
      const result = engine.keys.reserve({
        lane: flash,
        model: flash,
        estimatedInputTokens: 1,
      })
      if (result.ok)
        engine.keys.settle(result.reservation, { verdict: 'network-failed', status: 0 })
      engine.clock.advance(100)
    }
    engine.clock.advance(15_000)
    const keys = Array.from({ length: 5 }, () => engine.meet('answered').key)
    expect(new Set(keys).size).toBe(5)
    expect((await engine.views.counts()).keys.active).toBe(5)
  })
})

describe('the same refusal of many independent keys within seconds', () => {
  test('marks none of them dead, and emits an event', async () => {
    const engine = createTestEngine({ keys: 8 })
    for (let time = 0; time < 6; time += 1) engine.meet('key-invalid')
    expect((await engine.views.counts()).keys).toMatchObject({ dead: 0, failing: 6, active: 2 })
    expect(engine.events).toContainEqual({
      kind: 'failures-correlated',
      verdict: 'key-invalid',
      keys: [1, 2, 3, 4, 5],
    })
  })

  test('marks dead those that are refused again after their cooldown: each is tried twice at most', async () => {
    const engine = createTestEngine({ keys: 8 })
    for (let time = 0; time < 6; time += 1) engine.meet('key-invalid')
    engine.clock.advance(minute)
    for (let time = 0; time < 20; time += 1) {
      const reservation = engine.reserve()
      const dead = reservation.key <= 6
      engine.keys.settle(reservation, {
        verdict: dead ? 'key-invalid' : 'answered',
        status: dead ? 400 : 200,
      })
    }
    expect((await engine.views.counts()).keys).toMatchObject({ dead: 6, active: 2 })
  })

  test('is taken for each key by itself when answers come in between', async () => {
    const engine = createTestEngine({ keys: 12 })
    for (let time = 0; time < 6; time += 1) {
      engine.meet('key-invalid')
      engine.meet('answered')
    }
    expect((await engine.views.counts()).keys).toMatchObject({ dead: 6, active: 6 })
  })

  test('is believed at once when the keys are reported as leaked', async () => {
    const engine = createTestEngine({ keys: 8 })
    for (let time = 0; time < 8; time += 1) engine.meet('key-leaked')
    expect((await engine.views.counts()).keys.dead).toBe(8)
  })

  test('is no coincidence within one project', async () => {
    const engine = createTestEngine({ keys: Array.from({ length: 8 }, () => ({ project: 'p' })) })
    for (let time = 0; time < 8; time += 1) engine.meet('key-invalid')
    expect((await engine.views.counts()).keys.dead).toBe(8)
  })
})
