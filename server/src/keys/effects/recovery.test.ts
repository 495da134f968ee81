import { describe, expect, test } from 'vitest'

import {
  createTestEngine,
  flash,
  hour,
  minute,
  perDay,
  perMinute,
  rowsOf,
} from '../testing/test-engine.ts'

describe('a trial', () => {
  const cooling = { violations: [perMinute()], retryAfterMs: 10_000 }

  test('lets one call through and holds the next ones back until it has ended', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', cooling)
    engine.clock.advance(10_000)
    const trial = engine.reserve()
    expect(engine.refused().kind).toBe('exhausted')
    engine.keys.settle(trial, { verdict: 'answered', status: 200 })
    expect(engine.reserve().trial).toBe(false)
  })

  test('that is released leaves the next call to try', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', cooling)
    engine.clock.advance(10_000)
    engine.keys.release(engine.reserve())
    expect(engine.reserve().trial).toBe(true)
  })

  test('that ends without telling anything leaves the next call to try', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', cooling)
    engine.clock.advance(10_000)
    expect(engine.meet('request-refused').trial).toBe(true)
    expect(engine.meet('client-left').trial).toBe(true)
    expect(engine.meet('answered').trial).toBe(true)
    expect(engine.reserve().trial).toBe(false)
  })

  test('that is never settled does not hold the lane for ever', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', cooling)
    engine.clock.advance(10_000)
    engine.reserve()
    engine.clock.advance(engine.policy().checks.trialTimeoutMs)
    expect(engine.reserve().trial).toBe(true)
  })

  test('is not won by an answer to a call that had left before the lane closed', () => {
    const engine = createTestEngine({ keys: 1 })
    const early = engine.reserve()
    engine.clock.advance(10)
    engine.meet('quota-spent', cooling)
    engine.keys.settle(early, { verdict: 'answered', status: 200 })
    expect(engine.refused().kind).toBe('exhausted')
  })
})

describe('a reservation', () => {
  test('is settled once; what comes later changes nothing', async () => {
    const engine = createTestEngine({ keys: 1 })
    const reservation = engine.reserve()
    engine.keys.settle(reservation, { verdict: 'answered', status: 200 })
    engine.keys.settle(reservation, { verdict: 'key-leaked', status: 403 })
    engine.keys.release(reservation)
    expect(await engine.views.counts()).toMatchObject({ inFlight: 0, keys: { active: 1 } })
  })

  test('that is released was never counted', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.keys.release(engine.reserve())
    expect(engine.views.lanes().rows[0]?.used).toMatchObject({
      minuteRequests: 0,
      dayRequests: 0,
    })
  })
})

describe('the operator', () => {
  test('clears everything held against a key with one reset', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [perDay(20)] })
    engine.meet('project-suspended', { wanted: { lane: 'gemini-b' } })
    engine.control.reset(1)
    expect(engine.reserve().trial).toBe(false)
    expect(engine.reserve({ lane: 'gemini-b' }).trial).toBe(false)
  })

  test('brings a dead key back with a reset', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('key-leaked')
    expect(engine.control.reset(1)).toBe(true)
    expect(engine.reserve().key).toBe(1)
  })

  test('reopens one lane and leaves the others closed', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [perDay(20)] })
    engine.meet('quota-spent', { violations: [perDay(20)], wanted: { lane: 'gemini-b' } })
    engine.control.reopenLane('key:1', 'gemini-b')
    expect(engine.reserve({ lane: 'gemini-b' }).key).toBe(1)
    expect(engine.refused().kind).toBe('exhausted')
  })

  test('clears a suspended project', () => {
    const engine = createTestEngine({ keys: [{ project: 'p' }] })
    engine.meet('project-unfunded')
    engine.control.clearProject('p')
    expect(engine.reserve().trial).toBe(false)
  })

  test('disables a key and enables it again', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.control.disable(1)
    expect(engine.refused()).toEqual({ kind: 'none-alive' })
    engine.control.enable(1)
    expect(engine.reserve().key).toBe(1)
  })

  test('is told when a key or a project is not known', () => {
    const engine = createTestEngine({ keys: 1 })
    expect([
      engine.control.reset(9),
      engine.control.disable(9),
      engine.control.clearProject('x'),
    ]).toEqual([false, false, false])
  })
})

describe('changing the list of keys', () => {
  test('keeps all that is known of the keys that stay', async () => {
    const engine = createTestEngine({ keys: 3 })
    engine.meet('key-leaked')
    engine.meet('quota-spent', { violations: [perDay(20)] })
    const { rows } = engine.views.keys()
    engine.control.setKeys(rows.map(({ id }) => ({ id, secret: engine.reserve().secret })))
    expect((await engine.views.counts()).keys).toMatchObject({ dead: 1, active: 2 })
    expect(engine.reserve().key).toBe(3)
    expect(engine.refused({ tried: new Set([3]) }).kind).toBe('exhausted')
  })

  test('takes away keys that are not in it', () => {
    const engine = createTestEngine({ keys: 3 })
    engine.control.removeKeys([1, 2])
    expect([engine.meet('answered').key, engine.meet('answered').key]).toEqual([3, 3])
    engine.control.setKeys([])
    expect(engine.refused()).toEqual({ kind: 'no-keys' })
  })

  test('moves a key to another priority', () => {
    const engine = createTestEngine({ keys: 2 })
    const { secret } = engine.meet('answered')
    engine.control.addKeys([{ id: 1, secret, priority: 5 }])
    expect([engine.meet('answered').key, engine.meet('answered').key]).toEqual([1, 1])
  })
})

describe('a restart', () => {
  test('forgets no dead key, no suspension, no exhausted day and no learned limit', async () => {
    const engine = createTestEngine({ keys: 5 })
    engine.meet('key-leaked')
    engine.meet('project-suspended')
    engine.meet('quota-spent', { violations: [perDay(20)] })
    engine.meet('quota-spent', { violations: [perMinute(2)], retryAfterMs: 1000 })
    engine.meet('model-closed')
    const rows = JSON.parse(JSON.stringify(rowsOf(engine)))
    const next = createTestEngine({ keys: 5, startAt: engine.clock.now() + 2 * minute })
    next.state.load(rows)
    expect([next.meet('answered').key, next.meet('answered').key]).toEqual([4, 4])
    expect(next.refused()).toMatchObject({ kind: 'exhausted' })
    expect((await next.views.counts()).keys).toMatchObject({ dead: 1, suspended: 1 })
    next.clock.advance(hour)
    expect(next.reserve({ tried: new Set([4]) })).toMatchObject({ key: 2, trial: true })
  })

  test('keeps a key in the project that Google named', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('resource-denied', { consumer: 'projects/7' })
    const next = createTestEngine({ keys: 1 })
    next.state.load(rowsOf(engine))
    expect(next.reserve().project).toBe('projects/7')
  })

  test('costs one row for each thing that changed, once', () => {
    const engine = createTestEngine({ keys: 5 })
    engine.meet('answered')
    expect(engine.state.takeChanges()).toEqual([])
    engine.meet('key-leaked')
    expect(engine.state.takeChanges().map(({ id }) => id)).toEqual(['key:2'])
    expect(engine.state.takeChanges()).toEqual([])
  })

  test('is handed out in parts of a size, each thing once', () => {
    const engine = createTestEngine({ keys: 5 })
    engine.meet('key-leaked')
    engine.meet('key-leaked')
    const parts = [1, 1, 1].map((most) => engine.state.takeChanges(most).map(({ id }) => id))
    expect(parts.map(({ length }) => length)).toEqual([1, 1, 0])
    expect(new Set(parts.flat()).size).toBe(2)
  })

  test('drops the row of what has recovered', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('key-leaked')
    engine.state.takeChanges()
    engine.control.reset(1)
    const changes = engine.state.takeChanges()
    expect(changes.find(({ id }) => id === 'key:1')).toEqual({
      id: 'key:1',
      row: undefined,
      of: { kind: 'key', key: 1 },
    })
  })

  test('drops the rows of a key that is removed, and of its lanes', () => {
    const engine = createTestEngine({ keys: 2 })
    engine.meet('quota-spent', { violations: [perDay(20)] })
    engine.state.takeChanges()
    engine.control.removeKeys([1])
    const changes = engine.state.takeChanges()
    expect(changes.every(({ row }) => row === undefined)).toBe(true)
    expect(changes.map(({ id }) => id)).toEqual(['key:1', 'project:key:1', `lane:key:1:${flash}`])
  })

  test('passes over rows of keys and projects that are gone', () => {
    const engine = createTestEngine({ keys: 2 })
    engine.meet('key-leaked')
    engine.meet('quota-spent', { violations: [perDay(20)] })
    const next = createTestEngine({ keys: 0 })
    next.state.load(rowsOf(engine))
    expect(rowsOf(next)).toEqual([])
  })
})
