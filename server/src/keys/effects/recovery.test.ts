import { describe, expect, test } from 'vitest'

import { createBench, flash, hour, minute, perDay, perMinute } from '../testing/engine-bench.ts'

describe('a trial', () => {
  const cooling = { violations: [perMinute()], retryAfterMs: 10_000 }

  test('lets one call through and holds the next ones back until it has ended', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', cooling)
    bench.clock.advance(10_000)
    const trial = bench.wanted()
    expect(bench.refused().kind).toBe('exhausted')
    bench.engine.keys.settle(trial, { verdict: 'answered', status: 200 })
    expect(bench.wanted().trial).toBe(false)
  })

  test('that is released leaves the next call to try', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', cooling)
    bench.clock.advance(10_000)
    bench.engine.keys.release(bench.wanted())
    expect(bench.wanted().trial).toBe(true)
  })

  test('that ends without telling anything leaves the next call to try', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', cooling)
    bench.clock.advance(10_000)
    expect(bench.meet('request-refused').trial).toBe(true)
    expect(bench.meet('client-left').trial).toBe(true)
    expect(bench.meet('answered').trial).toBe(true)
    expect(bench.wanted().trial).toBe(false)
  })

  test('that is never settled does not hold the lane for ever', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', cooling)
    bench.clock.advance(10_000)
    bench.wanted()
    bench.clock.advance(bench.policy().trialPatienceMs)
    expect(bench.wanted().trial).toBe(true)
  })

  test('is not won by an answer to a call that had left before the lane shut', () => {
    const bench = createBench({ keys: 1 })
    const early = bench.wanted()
    bench.clock.advance(10)
    bench.meet('quota-spent', cooling)
    bench.engine.keys.settle(early, { verdict: 'answered', status: 200 })
    expect(bench.refused().kind).toBe('exhausted')
  })
})

describe('a reservation', () => {
  test('is settled once; what comes later changes nothing', () => {
    const bench = createBench({ keys: 1 })
    const reservation = bench.wanted()
    bench.engine.keys.settle(reservation, { verdict: 'answered', status: 200 })
    bench.engine.keys.settle(reservation, { verdict: 'key-leaked', status: 403 })
    bench.engine.keys.release(reservation)
    expect(bench.engine.views.counts()).toMatchObject({ inFlight: 0, keys: { active: 1 } })
  })

  test('that is released was never counted', () => {
    const bench = createBench({ keys: 1 })
    bench.engine.keys.release(bench.wanted())
    expect(bench.engine.views.lanes().rows[0]?.used).toMatchObject({
      minuteRequests: 0,
      dayRequests: 0,
    })
  })
})

describe('a person', () => {
  test('opens everything a key is held back by with one reset', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [perDay(20)] })
    bench.meet('project-suspended', { wanted: { lane: 'gemini-b' } })
    bench.engine.control.reset(1)
    expect(bench.wanted().trial).toBe(false)
    expect(bench.wanted({ lane: 'gemini-b' }).trial).toBe(false)
  })

  test('brings a dead key back with a reset', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('key-leaked')
    expect(bench.engine.control.reset(1)).toBe(true)
    expect(bench.wanted().key).toBe(1)
  })

  test('opens one lane and leaves the others shut', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [perDay(20)] })
    bench.meet('quota-spent', { violations: [perDay(20)], wanted: { lane: 'gemini-b' } })
    bench.engine.control.reopenLane('key:1', 'gemini-b')
    expect(bench.wanted({ lane: 'gemini-b' }).key).toBe(1)
    expect(bench.refused().kind).toBe('exhausted')
  })

  test('clears a suspended project', () => {
    const bench = createBench({ keys: [{ project: 'p' }] })
    bench.meet('project-unfunded')
    bench.engine.control.clearProject('p')
    expect(bench.wanted().trial).toBe(false)
  })

  test('takes a key out and puts it back in', () => {
    const bench = createBench({ keys: 1 })
    bench.engine.control.disable(1)
    expect(bench.refused()).toEqual({ kind: 'none-alive' })
    bench.engine.control.enable(1)
    expect(bench.wanted().key).toBe(1)
  })

  test('is told when a key or a project is not known', () => {
    const { engine } = createBench({ keys: 1 })
    expect([
      engine.control.reset(9),
      engine.control.disable(9),
      engine.control.clearProject('x'),
    ]).toEqual([false, false, false])
  })
})

describe('changing the list of keys', () => {
  test('keeps all that is known of the keys that stay', () => {
    const bench = createBench({ keys: 3 })
    bench.meet('key-leaked')
    bench.meet('quota-spent', { violations: [perDay(20)] })
    const { rows } = bench.engine.views.keys()
    bench.engine.control.setKeys(rows.map(({ id }) => ({ id, secret: bench.wanted().secret })))
    expect(bench.engine.views.counts().keys).toMatchObject({ dead: 1, active: 2 })
    expect(bench.wanted().key).toBe(3)
    expect(bench.refused({ tried: new Set([3]) }).kind).toBe('exhausted')
  })

  test('takes away keys that are not in it', () => {
    const bench = createBench({ keys: 3 })
    bench.engine.control.removeKeys([1, 2])
    expect([bench.meet('answered').key, bench.meet('answered').key]).toEqual([3, 3])
    bench.engine.control.setKeys([])
    expect(bench.refused()).toEqual({ kind: 'no-keys' })
  })

  test('moves a key to another priority', () => {
    const bench = createBench({ keys: 2 })
    const { secret } = bench.meet('answered')
    bench.engine.control.addKeys([{ id: 1, secret, priority: 5 }])
    expect([bench.meet('answered').key, bench.meet('answered').key]).toEqual([1, 1])
  })
})

describe('a restart', () => {
  test('forgets no dead key, no suspension, no spent day and no learned limit', () => {
    const bench = createBench({ keys: 5 })
    bench.meet('key-leaked')
    bench.meet('project-suspended')
    bench.meet('quota-spent', { violations: [perDay(20)] })
    bench.meet('quota-spent', { violations: [perMinute(2)], retryAfterMs: 1000 })
    bench.meet('model-closed')
    const rows = JSON.parse(JSON.stringify(bench.engine.state.exportAll()))
    const next = createBench({ keys: 5, startAt: bench.clock.now() + 2 * minute })
    next.engine.state.load(rows)
    expect([next.meet('answered').key, next.meet('answered').key]).toEqual([4, 4])
    expect(next.refused()).toMatchObject({ kind: 'exhausted' })
    expect(next.engine.views.counts().keys).toMatchObject({ dead: 1, suspended: 1 })
    next.clock.advance(hour)
    expect(next.wanted({ tried: new Set([4]) })).toMatchObject({ key: 2, trial: true })
  })

  test('keeps a key in the project that Google named', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('resource-denied', { consumer: 'projects/7' })
    const next = createBench({ keys: 1 })
    next.engine.state.load(bench.engine.state.exportAll())
    expect(next.wanted().project).toBe('projects/7')
  })

  test('costs one row for each thing that changed, once', () => {
    const bench = createBench({ keys: 5 })
    bench.meet('answered')
    expect(bench.engine.state.takeChanges()).toEqual([])
    bench.meet('key-leaked')
    expect(bench.engine.state.takeChanges().map(({ id }) => id)).toEqual(['key:2'])
    expect(bench.engine.state.takeChanges()).toEqual([])
  })

  test('is handed out in parts of a size, each thing once', () => {
    const bench = createBench({ keys: 5 })
    bench.meet('key-leaked')
    bench.meet('key-leaked')
    const parts = [1, 1, 1].map((most) => bench.engine.state.takeChanges(most).map(({ id }) => id))
    expect(parts.map(({ length }) => length)).toEqual([1, 1, 0])
    expect(new Set(parts.flat()).size).toBe(2)
  })

  test('drops the row of what has recovered', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('key-leaked')
    bench.engine.state.takeChanges()
    bench.engine.control.reset(1)
    const changes = bench.engine.state.takeChanges()
    expect(changes.find(({ id }) => id === 'key:1')).toEqual({ id: 'key:1', row: undefined })
  })

  test('drops the rows of a key that is removed, and of its lanes', () => {
    const bench = createBench({ keys: 2 })
    bench.meet('quota-spent', { violations: [perDay(20)] })
    bench.engine.state.takeChanges()
    bench.engine.control.removeKeys([1])
    const changes = bench.engine.state.takeChanges()
    expect(changes.every(({ row }) => row === undefined)).toBe(true)
    expect(changes.map(({ id }) => id)).toEqual(['key:1', 'project:key:1', `lane:key:1:${flash}`])
  })

  test('passes over rows of keys and projects that are gone', () => {
    const bench = createBench({ keys: 2 })
    bench.meet('key-leaked')
    bench.meet('quota-spent', { violations: [perDay(20)] })
    const next = createBench({ keys: 0 })
    next.engine.state.load(bench.engine.state.exportAll())
    expect(next.engine.state.exportAll()).toEqual([])
  })
})
