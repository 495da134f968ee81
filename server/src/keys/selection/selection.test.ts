import { describe, expect, test } from 'vitest'

import { Secret } from '../../log/secret.ts'
import {
  createTestEngine,
  day,
  flash,
  hour,
  minute,
  perDay,
  tokensPerMinute,
} from '../testing/test-engine.ts'

describe('the owner of a resource', () => {
  test('is the only project asked', () => {
    const engine = createTestEngine({ keys: [{}, { project: 'p' }, {}] })
    expect([
      engine.meet('answered', { wanted: { owner: 'p' } }),
      engine.reserve({ owner: 'p' }),
    ]).toMatchObject([{ key: 2, choice: 'owner' }, { key: 2 }])
  })

  test('that is full is waited for: no other project is asked', () => {
    const engine = createTestEngine({ keys: [{}, { project: 'p' }] })
    engine.meet('quota-spent', { violations: [perDay(20)], wanted: { owner: 'p' } })
    expect(engine.refused({ owner: 'p' }).kind).toBe('exhausted')
  })

  test('that is gone leaves no key alive', () => {
    expect(createTestEngine().refused({ owner: 'projects/404' })).toEqual({ kind: 'none-alive' })
  })

  test('is found under its old name after its key was moved', () => {
    const engine = createTestEngine({ keys: 2 })
    engine.meet('resource-denied', { consumer: 'projects/7' })
    expect(engine.reserve({ owner: 'key:1' })).toMatchObject({ key: 1, project: 'projects/7' })
  })
})

describe('a conversation', () => {
  const conversation = 'c'

  test('stays with its key while its lane can take it', () => {
    const engine = createTestEngine({ keys: 3 })
    const first = engine.meet('answered', { wanted: { conversation } }).key
    engine.meet('answered')
    expect(engine.reserve({ conversation })).toMatchObject({ key: first, choice: 'conversation' })
  })

  test('moves on when its lane is full, and stays with the new key', () => {
    const engine = createTestEngine({ keys: 3 })
    engine.meet('answered', { wanted: { conversation } })
    engine.meet('quota-spent', { violations: [perDay(20)], wanted: { conversation } })
    const next = engine.meet('answered', { wanted: { conversation } }).key
    expect(next).not.toBe(1)
    engine.control.reset(1)
    expect(engine.reserve({ conversation }).key).toBe(next)
  })

  test('is forgotten after an hour of silence', () => {
    const engine = createTestEngine({ keys: 3 })
    engine.meet('answered', { wanted: { conversation } })
    engine.clock.advance(hour)
    expect(engine.reserve({ conversation }).key).toBe(2)
  })

  test('is forgotten when too many others came after it', () => {
    const engine = createTestEngine({ keys: 3, policy: { affinity: { conversations: 2 } } })
    for (const name of ['a', 'b', 'c']) engine.meet('answered', { wanted: { conversation: name } })
    expect(engine.meet('answered', { wanted: { conversation: 'c' } }).choice).toBe('conversation')
    expect(engine.meet('answered', { wanted: { conversation: 'a' } }).choice).not.toBe(
      'conversation',
    )
  })
})

describe('priority, weight, models, payment', () => {
  test('the highest priority that can take it serves first', () => {
    const engine = createTestEngine({ keys: [{}, { priority: 2 }, { priority: 1 }] })
    expect([engine.meet('answered').key, engine.meet('answered').key]).toEqual([2, 2])
    engine.meet('quota-spent', { violations: [perDay(20)] })
    expect(engine.meet('answered').key).toBe(3)
    engine.meet('quota-spent', { violations: [perDay(20)] })
    expect(engine.meet('answered').key).toBe(1)
  })

  test('within a project the key of the higher priority serves first', () => {
    const engine = createTestEngine({ keys: [{ project: 'p' }, { project: 'p', priority: 1 }] })
    expect(engine.reserve().key).toBe(2)
    expect(engine.reserve({ tried: new Set([2]) }).key).toBe(1)
  })

  test('lanes are used in proportion to what is left of their day', () => {
    const engine = createTestEngine({ keys: [{ project: 'small' }, { project: 'large' }] })
    engine.control.setProject({ id: 'small', limits: { '*': { dayRequests: 10 } } })
    engine.control.setProject({ id: 'large', limits: { '*': { dayRequests: 90 } } })
    const turns = Array.from({ length: 50 }, () => engine.meet('answered').key)
    const large = turns.filter((key) => key === 2).length
    expect(large).toBeGreaterThanOrEqual(43)
    expect(large).toBeLessThanOrEqual(47)
  })

  test('a paid lane takes its turn among free ones, and is not preferred: it costs money', () => {
    const engine = createTestEngine({ keys: [{}, { paid: true }] })
    const turns = Array.from({ length: 50 }, () => engine.meet('answered').key)
    expect(turns.filter((key) => key === 1)).toHaveLength(25)
  })

  test('a key of three times the weight serves three times as often', () => {
    const engine = createTestEngine({ keys: [{}, { weight: 3 }] })
    const turns = Array.from({ length: 400 }, () => engine.meet('answered').key)
    expect(turns.filter((key) => key === 2).length).toBeGreaterThanOrEqual(299)
    expect(turns.filter((key) => key === 2).length).toBeLessThanOrEqual(301)
  })

  test('a key serves the models it is allowed to, and no other', () => {
    const engine = createTestEngine({
      keys: [{ allowedModels: ['gemini-a'] }, { allowedModels: ['gemini-b'] }],
    })
    expect([
      engine.reserve({ lane: 'gemini-a' }).key,
      engine.reserve({ lane: 'gemini-b' }).key,
    ]).toEqual([1, 2])
    expect(engine.refused({ lane: 'gemini-c' })).toEqual({ kind: 'none-allowed' })
  })

  test('keys of a project take turns', () => {
    const engine = createTestEngine({
      keys: [{ project: 'p' }, { project: 'p' }, { project: 'p' }],
    })
    const turns = Array.from({ length: 6 }, () => engine.meet('answered').key)
    expect(turns).toEqual([1, 2, 3, 1, 2, 3])
  })

  test('a request for paid projects meets no other', () => {
    const engine = createTestEngine({ keys: [{}, { paid: true }, { paid: false }] })
    expect([
      engine.reserve({ paidOnly: true }).key,
      engine.reserve({ paidOnly: true }).key,
    ]).toEqual([2, 2])
    engine.control.removeKeys([2])
    expect(engine.refused({ paidOnly: true })).toEqual({ kind: 'none-allowed' })
  })

  test('a request whose key travels as a Bearer credential meets no key of the new kind', () => {
    const secret = new Secret('AQ.test')
    const engine = createTestEngine({ keys: [{ secret }, {}, { secret }] })
    const wanted = { bearerOnly: true }
    expect([engine.reserve(wanted).key, engine.reserve(wanted).key]).toEqual([2, 2])
    engine.control.removeKeys([2])
    expect(engine.refused(wanted)).toEqual({ kind: 'none-allowed' })
  })

  test('a model of which three free projects have nothing is asked of paid projects first', () => {
    const engine = createTestEngine({ keys: [{}, {}, {}, {}, {}, { paid: true }] })
    const met = Array.from({ length: 3 }, () => engine.meet('quota-zero').key)
    expect(met).toEqual([1, 2, 3])
    expect(engine.meet('answered').key).toBe(6)
    expect(engine.meet('quota-spent', { violations: [perDay(20)] }).key).toBe(6)
    expect(engine.meet('answered').key).toBe(4)
  })

  test('a free project that answers ends the preference for paid ones', () => {
    const engine = createTestEngine({ keys: [{}, {}, {}, {}, {}, { paid: true }] })
    for (let time = 0; time < 3; time += 1) engine.meet('quota-zero')
    engine.meet('answered', { wanted: { tried: new Set([6]) } })
    expect(engine.meet('answered').key).toBe(5)
  })

  test('a project that was met is not met again', () => {
    const engine = createTestEngine({ keys: [{ project: 'p' }, { project: 'p' }, {}] })
    expect(engine.reserve({ triedProjects: new Set(['p']) }).key).toBe(3)
    expect(engine.refused({ triedProjects: new Set(['p', 'key:3']) }).kind).toBe('all-tried')
  })
})

describe('requests of different sizes', () => {
  test('a large one gets the lane that can take it, whichever turn it is', () => {
    const engine = createTestEngine({ keys: 3 })
    for (let time = 0; time < 3; time += 1) {
      engine.meet('quota-spent', { violations: [tokensPerMinute(1000)], retryAfterMs: 1 })
    }
    engine.clock.advance(2 * minute)
    engine.meet('answered', { wanted: { estimatedInputTokens: 900 } })
    engine.meet('answered', { wanted: { estimatedInputTokens: 300 } })
    engine.meet('answered', { wanted: { estimatedInputTokens: 900 } })
    expect(engine.reserve({ estimatedInputTokens: 650 }).key).toBe(2)
    expect(engine.refused({ estimatedInputTokens: 650 }).kind).toBe('exhausted')
    expect(engine.reserve({ estimatedInputTokens: 60 }).key).toBe(1)
  })

  test('tokens that a correction gives back serve a large one that was refused before', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [tokensPerMinute(1000)], retryAfterMs: 1 })
    engine.clock.advance(2 * minute)
    const estimate = engine.reserve({ estimatedInputTokens: 400 })
    expect(engine.refused({ estimatedInputTokens: 700 }).kind).toBe('exhausted')
    engine.keys.settle(estimate, { verdict: 'answered', status: 200, inputTokens: 200 })
    expect(engine.reserve({ estimatedInputTokens: 700 }).key).toBe(1)
  })
})

describe('what is kept in memory is bounded', () => {
  test('lane tables: those that know nothing go first', async () => {
    const engine = createTestEngine({ keys: 2, policy: { capacity: { tables: 4 } } })
    engine.meet('quota-spent', { violations: [perDay(20)], wanted: { lane: 'gemini-spent' } })
    for (let model = 0; model < 40; model += 1)
      engine.meet('answered', { wanted: { lane: `m${model}` } })
    expect((await engine.views.counts()).lanes.length).toBe(4)
    expect(engine.views.lanes({ lane: 'gemini-spent' }).total).toBe(1)
  })

  test('lanes: the least recently used that know nothing are forgotten, and turns stay in order', () => {
    const engine = createTestEngine({ keys: 40, policy: { capacity: { lanes: 10 } } })
    const turns = Array.from({ length: 200 }, () => engine.meet('answered').key)
    expect(turns).toEqual(Array.from({ length: 200 }, (_, turn) => (turn % 40) + 1))
    expect(engine.views.lanes().total).toBe(10)
  })

  test('lanes: those of which something is known are archived, and nothing of it is lost', () => {
    const engine = createTestEngine({ keys: 6, policy: { capacity: { lanes: 2 } } })
    for (let key = 1; key <= 6; key += 1) {
      engine.meet('quota-spent', { violations: [perDay(20)], message: 'exhausted' })
    }
    expect(engine.views.lanes({ status: 'cooling' }).total).toBe(6)
    const { rows } = engine.views.lanes()
    for (const row of rows) {
      expect(row).toMatchObject({ reason: 'quota', quotaIds: [perDay().quotaId] })
      expect(row.limits.dayRequests).toBe(20)
    }
    const written = engine.state.takeChanges().filter(({ id }) => id.startsWith('lane:'))
    expect(written.map(({ row }) => row?.kind)).toEqual(Array.from({ length: 6 }, () => 'lane'))
    const reason = engine.refused()
    expect(reason.kind).toBe('exhausted')
    engine.clock.advance(('wakesAt' in reason ? reason.wakesAt : 0) - engine.clock.now() - 1)
    expect(engine.refused().kind).toBe('exhausted')
    engine.clock.advance(1)
    const turns = Array.from({ length: 6 }, () => engine.meet('answered').key)
    expect(turns.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('lanes: an archived one is reopened by the operator like any other', () => {
    const engine = createTestEngine({ keys: 4, policy: { capacity: { lanes: 1 } } })
    for (let key = 1; key <= 4; key += 1) {
      engine.meet('quota-spent', { violations: [perDay(20)] })
    }
    expect(engine.control.reopenLane('key:1', flash)).toBe(true)
    const turns = Array.from({ length: 3 }, () => engine.meet('answered').key)
    expect(turns).toEqual([1, 1, 1])
  })

  test('decisions', () => {
    const engine = createTestEngine({ keys: 1, policy: { capacity: { decisions: 5 } } })
    for (let time = 0; time < 20; time += 1) engine.meet('answered')
    engine.meet('request-refused')
    const decisions = engine.views.decisions()
    expect(decisions.length).toBe(5)
    expect(decisions[0]).toMatchObject({ kind: 'settled', verdict: 'request-refused', lane: flash })
  })
})

describe('explaining', () => {
  test('says what would be chosen and why, and reserves nothing', async () => {
    const engine = createTestEngine({ keys: 3 })
    engine.meet('quota-spent', { violations: [perDay(20)] })
    const wanted = { lane: flash, model: flash, estimatedInputTokens: 1 }
    const explanation = engine.views.explain(wanted)
    expect(explanation.chosen).toMatchObject({ key: 2, choice: 'least-recently-used' })
    expect(engine.views.explain(wanted).chosen).toEqual(explanation.chosen)
    expect(explanation.tiers).toMatchObject([
      { priority: 0, groups: 3, statusCounts: { cooling: 1 } },
    ])
    expect(explanation.lanes[0]).toMatchObject({
      project: 'key:1',
      status: 'cooling',
      reason: 'quota',
      quotaIds: [perDay().quotaId],
      limits: { dayRequests: 20 },
    })
    expect((await engine.views.counts()).inFlight).toBe(0)
  })

  test('says why no key would be', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [perDay(20)] })
    const { reason, chosen } = engine.views.explain({
      lane: flash,
      model: flash,
      estimatedInputTokens: 1,
    })
    expect(chosen).toBeUndefined()
    expect(reason).toMatchObject({ kind: 'exhausted', quotaIds: [perDay().quotaId] })
  })
})

test('lanes whose day is exhausted all wake at midnight, however many they are', () => {
  const engine = createTestEngine({ keys: 1000 })
  for (let key = 0; key < 1000; key += 1) engine.meet('quota-spent', { violations: [perDay(20)] })
  expect(engine.refused().kind).toBe('exhausted')
  engine.clock.advance(day)
  const keys = new Set(Array.from({ length: 1000 }, () => engine.meet('answered').key))
  expect(keys.size).toBe(1000)
})
