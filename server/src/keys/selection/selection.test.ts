import { describe, expect, test } from 'vitest'

import { Secret } from '../../log/secret.ts'
import {
  createBench,
  day,
  flash,
  hour,
  minute,
  perDay,
  tokensPerMinute,
} from '../testing/engine-bench.ts'

describe('the owner of a resource', () => {
  test('is the only project asked', () => {
    const bench = createBench({ keys: [{}, { project: 'p' }, {}] })
    expect([
      bench.meet('answered', { wanted: { owner: 'p' } }),
      bench.wanted({ owner: 'p' }),
    ]).toMatchObject([{ key: 2, choice: 'owner' }, { key: 2 }])
  })

  test('that has no room is waited for: no other project is asked', () => {
    const bench = createBench({ keys: [{}, { project: 'p' }] })
    bench.meet('quota-spent', { violations: [perDay(20)], wanted: { owner: 'p' } })
    expect(bench.refused({ owner: 'p' }).kind).toBe('exhausted')
  })

  test('that is gone is said as such', () => {
    expect(createBench().refused({ owner: 'projects/404' })).toEqual({ kind: 'none-alive' })
  })

  test('is found under its old name after its key was moved', () => {
    const bench = createBench({ keys: 2 })
    bench.meet('resource-denied', { consumer: 'projects/7' })
    expect(bench.wanted({ owner: 'key:1' })).toMatchObject({ key: 1, project: 'projects/7' })
  })
})

describe('a conversation', () => {
  const conversation = 'c'

  test('stays with its key while its lane has room', () => {
    const bench = createBench({ keys: 3 })
    const first = bench.meet('answered', { wanted: { conversation } }).key
    bench.meet('answered')
    expect(bench.wanted({ conversation })).toMatchObject({ key: first, choice: 'conversation' })
  })

  test('moves on when its lane has none, and stays with the new key', () => {
    const bench = createBench({ keys: 3 })
    bench.meet('answered', { wanted: { conversation } })
    bench.meet('quota-spent', { violations: [perDay(20)], wanted: { conversation } })
    const next = bench.meet('answered', { wanted: { conversation } }).key
    expect(next).not.toBe(1)
    bench.engine.control.reset(1)
    expect(bench.wanted({ conversation }).key).toBe(next)
  })

  test('is forgotten after an hour of silence', () => {
    const bench = createBench({ keys: 3 })
    bench.meet('answered', { wanted: { conversation } })
    bench.clock.advance(hour)
    expect(bench.wanted({ conversation }).key).toBe(2)
  })

  test('is forgotten when too many others came after it', () => {
    const bench = createBench({ keys: 3, policy: { conversationCap: 2 } })
    for (const name of ['a', 'b', 'c']) bench.meet('answered', { wanted: { conversation: name } })
    expect(bench.meet('answered', { wanted: { conversation: 'c' } }).choice).toBe('conversation')
    expect(bench.meet('answered', { wanted: { conversation: 'a' } }).choice).not.toBe(
      'conversation',
    )
  })
})

describe('priority, weight, models, payment', () => {
  test('the highest priority with room serves first', () => {
    const bench = createBench({ keys: [{}, { priority: 2 }, { priority: 1 }] })
    expect([bench.meet('answered').key, bench.meet('answered').key]).toEqual([2, 2])
    bench.meet('quota-spent', { violations: [perDay(20)] })
    expect(bench.meet('answered').key).toBe(3)
    bench.meet('quota-spent', { violations: [perDay(20)] })
    expect(bench.meet('answered').key).toBe(1)
  })

  test('within a project the key of the higher priority serves first', () => {
    const bench = createBench({ keys: [{ project: 'p' }, { project: 'p', priority: 1 }] })
    expect(bench.wanted().key).toBe(2)
    expect(bench.wanted({ tried: new Set([2]) }).key).toBe(1)
  })

  test('lanes are used in proportion to what is left of their day', () => {
    const bench = createBench({ keys: [{ project: 'small' }, { project: 'large' }] })
    bench.engine.control.setProject({ id: 'small', limits: { '*': { dayRequests: 10 } } })
    bench.engine.control.setProject({ id: 'large', limits: { '*': { dayRequests: 90 } } })
    const turns = Array.from({ length: 50 }, () => bench.meet('answered').key)
    const large = turns.filter((key) => key === 2).length
    expect(large).toBeGreaterThanOrEqual(43)
    expect(large).toBeLessThanOrEqual(47)
  })

  test('a paid lane takes its turn among free ones, and is not preferred: it costs money', () => {
    const bench = createBench({ keys: [{}, { paid: true }] })
    const turns = Array.from({ length: 50 }, () => bench.meet('answered').key)
    expect(turns.filter((key) => key === 1)).toHaveLength(25)
  })

  test('a key of three times the weight serves three times as often', () => {
    const bench = createBench({ keys: [{}, { weight: 3 }] })
    const turns = Array.from({ length: 400 }, () => bench.meet('answered').key)
    expect(turns.filter((key) => key === 2).length).toBeGreaterThanOrEqual(299)
    expect(turns.filter((key) => key === 2).length).toBeLessThanOrEqual(301)
  })

  test('a key serves the models it is allowed to, and no other', () => {
    const bench = createBench({
      keys: [{ allowedModels: ['gemini-a'] }, { allowedModels: ['gemini-b'] }],
    })
    expect([
      bench.wanted({ lane: 'gemini-a' }).key,
      bench.wanted({ lane: 'gemini-b' }).key,
    ]).toEqual([1, 2])
    expect(bench.refused({ lane: 'gemini-c' })).toEqual({ kind: 'none-allowed' })
  })

  test('keys of a project take turns', () => {
    const bench = createBench({ keys: [{ project: 'p' }, { project: 'p' }, { project: 'p' }] })
    const turns = Array.from({ length: 6 }, () => bench.meet('answered').key)
    expect(turns).toEqual([1, 2, 3, 1, 2, 3])
  })

  test('a request for paid projects meets no other', () => {
    const bench = createBench({ keys: [{}, { paid: true }, { paid: false }] })
    expect([bench.wanted({ paidOnly: true }).key, bench.wanted({ paidOnly: true }).key]).toEqual([
      2, 2,
    ])
    bench.engine.control.removeKeys([2])
    expect(bench.refused({ paidOnly: true })).toEqual({ kind: 'none-allowed' })
  })

  test('a request whose key travels as a Bearer credential meets no key of the new kind', () => {
    const secret = new Secret('AQ.test')
    const bench = createBench({ keys: [{ secret }, {}, { secret }] })
    const wanted = { bearerOnly: true }
    expect([bench.wanted(wanted).key, bench.wanted(wanted).key]).toEqual([2, 2])
    bench.engine.control.removeKeys([2])
    expect(bench.refused(wanted)).toEqual({ kind: 'none-allowed' })
  })

  test('a model of which three free projects have nothing is asked of paid projects first', () => {
    const bench = createBench({ keys: [{}, {}, {}, {}, {}, { paid: true }] })
    const met = Array.from({ length: 3 }, () => bench.meet('quota-zero').key)
    expect(met).toEqual([1, 2, 3])
    expect(bench.meet('answered').key).toBe(6)
    expect(bench.meet('quota-spent', { violations: [perDay(20)] }).key).toBe(6)
    expect(bench.meet('answered').key).toBe(4)
  })

  test('a free project that answers ends the preference for paid ones', () => {
    const bench = createBench({ keys: [{}, {}, {}, {}, {}, { paid: true }] })
    for (let time = 0; time < 3; time += 1) bench.meet('quota-zero')
    bench.meet('answered', { wanted: { tried: new Set([6]) } })
    expect(bench.meet('answered').key).toBe(5)
  })

  test('a project that was met is not met again', () => {
    const bench = createBench({ keys: [{ project: 'p' }, { project: 'p' }, {}] })
    expect(bench.wanted({ triedProjects: new Set(['p']) }).key).toBe(3)
    expect(bench.refused({ triedProjects: new Set(['p', 'key:3']) }).kind).toBe('all-tried')
  })
})

describe('requests of different sizes', () => {
  test('a large one gets the lane that has room for it, whichever turn it is', () => {
    const bench = createBench({ keys: 3 })
    for (let time = 0; time < 3; time += 1) {
      bench.meet('quota-spent', { violations: [tokensPerMinute(1000)], retryAfterMs: 1 })
    }
    bench.clock.advance(2 * minute)
    bench.meet('answered', { wanted: { estimatedInputTokens: 900 } })
    bench.meet('answered', { wanted: { estimatedInputTokens: 300 } })
    bench.meet('answered', { wanted: { estimatedInputTokens: 900 } })
    expect(bench.wanted({ estimatedInputTokens: 650 }).key).toBe(2)
    expect(bench.refused({ estimatedInputTokens: 650 }).kind).toBe('exhausted')
    expect(bench.wanted({ estimatedInputTokens: 60 }).key).toBe(1)
  })

  test('room that a correction gives back is seen by a large one that was refused before', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [tokensPerMinute(1000)], retryAfterMs: 1 })
    bench.clock.advance(2 * minute)
    const estimate = bench.wanted({ estimatedInputTokens: 400 })
    expect(bench.refused({ estimatedInputTokens: 700 }).kind).toBe('exhausted')
    bench.engine.keys.settle(estimate, { verdict: 'answered', status: 200, inputTokens: 200 })
    expect(bench.wanted({ estimatedInputTokens: 700 }).key).toBe(1)
  })
})

describe('what is kept in memory is bounded', () => {
  test('lane tables: those that know nothing go first', () => {
    const bench = createBench({ keys: 2, policy: { tableCap: 4 } })
    bench.meet('quota-spent', { violations: [perDay(20)], wanted: { lane: 'gemini-spent' } })
    for (let model = 0; model < 40; model += 1)
      bench.meet('answered', { wanted: { lane: `m${model}` } })
    expect(bench.engine.views.counts().lanes.length).toBe(4)
    expect(bench.engine.views.lanes({ lane: 'gemini-spent' }).total).toBe(1)
  })

  test('lanes: the least recently used that know nothing are forgotten, and turns stay in order', () => {
    const bench = createBench({ keys: 40, policy: { laneCap: 10 } })
    const turns = Array.from({ length: 200 }, () => bench.meet('answered').key)
    expect(turns).toEqual(Array.from({ length: 200 }, (_, turn) => (turn % 40) + 1))
    expect(bench.engine.views.lanes().total).toBe(10)
  })

  test('lanes: those about which something is known sleep, and nothing of it is lost', () => {
    const bench = createBench({ keys: 6, policy: { laneCap: 2 } })
    for (let key = 1; key <= 6; key += 1) {
      bench.meet('quota-spent', { violations: [perDay(20)], message: 'spent' })
    }
    expect(bench.engine.views.lanes({ standing: 'cooling' }).total).toBe(6)
    const { rows } = bench.engine.views.lanes()
    for (const row of rows) {
      expect(row).toMatchObject({ reason: 'quota', quotaIds: [perDay().quotaId] })
      expect(row.limits.dayRequests).toBe(20)
    }
    const lanes = bench.engine.state.exportAll().filter(({ kind }) => kind === 'lane')
    expect(lanes.length).toBe(6)
    const written = bench.engine.state.takeChanges().filter(({ id }) => id.startsWith('lane:'))
    expect(written.map(({ row }) => row?.kind)).toEqual(Array.from({ length: 6 }, () => 'lane'))
    const refusal = bench.refused()
    expect(refusal.kind).toBe('exhausted')
    bench.clock.advance(('wakesAt' in refusal ? refusal.wakesAt : 0) - bench.clock.now() - 1)
    expect(bench.refused().kind).toBe('exhausted')
    bench.clock.advance(1)
    const turns = Array.from({ length: 6 }, () => bench.meet('answered').key)
    expect(turns.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('lanes: one that sleeps is opened by hand like any other', () => {
    const bench = createBench({ keys: 4, policy: { laneCap: 1 } })
    for (let key = 1; key <= 4; key += 1) {
      bench.meet('quota-spent', { violations: [perDay(20)] })
    }
    expect(bench.engine.control.reopenLane('key:1', flash)).toBe(true)
    const turns = Array.from({ length: 3 }, () => bench.meet('answered').key)
    expect(turns).toEqual([1, 1, 1])
  })

  test('decisions', () => {
    const bench = createBench({ keys: 1, policy: { decisionCap: 5 } })
    for (let time = 0; time < 20; time += 1) bench.meet('answered')
    bench.meet('request-refused')
    const decisions = bench.engine.views.decisions()
    expect(decisions.length).toBe(5)
    expect(decisions[0]).toMatchObject({ kind: 'settled', verdict: 'request-refused', lane: flash })
  })
})

describe('explaining', () => {
  test('says what would be chosen and why, and takes nothing', () => {
    const bench = createBench({ keys: 3 })
    bench.meet('quota-spent', { violations: [perDay(20)] })
    const wanted = { lane: flash, model: flash, estimatedInputTokens: 1 }
    const explanation = bench.engine.views.explain(wanted)
    expect(explanation.chosen).toMatchObject({ key: 2, choice: 'least-recently-used' })
    expect(bench.engine.views.explain(wanted).chosen).toEqual(explanation.chosen)
    expect(explanation.tiers).toMatchObject([
      { priority: 0, groups: 3, laneStatuses: { cooling: 1 } },
    ])
    expect(explanation.lanes[0]).toMatchObject({
      project: 'key:1',
      standing: 'cooling',
      reason: 'quota',
      quotaIds: [perDay().quotaId],
      limits: { dayRequests: 20 },
    })
    expect(bench.engine.views.counts().inFlight).toBe(0)
  })

  test('says why nothing would be', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [perDay(20)] })
    const { refusal, chosen } = bench.engine.views.explain({
      lane: flash,
      model: flash,
      estimatedInputTokens: 1,
    })
    expect(chosen).toBeUndefined()
    expect(refusal).toMatchObject({ kind: 'exhausted', quotaIds: [perDay().quotaId] })
  })
})

test('a fleet whose day is spent wakes at midnight as a whole, however many lanes it has', () => {
  const bench = createBench({ keys: 1000 })
  for (let key = 0; key < 1000; key += 1) bench.meet('quota-spent', { violations: [perDay(20)] })
  expect(bench.refused().kind).toBe('exhausted')
  bench.clock.advance(day)
  const keys = new Set(Array.from({ length: 1000 }, () => bench.meet('answered').key))
  expect(keys.size).toBe(1000)
})
