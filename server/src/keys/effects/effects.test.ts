import { describe, expect, test } from 'vitest'

import {
  aKey,
  createTestEngine,
  day,
  flash,
  hour,
  minute,
  perDay,
  perMinute,
  tokensPerMinute,
  type TestEngine,
  rowsOf,
} from '../testing/test-engine.ts'
import { verdictNames, type VerdictName } from '../../google/verdicts.ts'

const stateOf = (engine: TestEngine, id: number) =>
  engine.views.keys().rows.find((key) => key.id === id)?.state

const harmless: readonly VerdictName[] = [
  'answer-withheld',
  'answer-empty',
  'stream-cut',
  'client-left',
  'timed-out',
  'upstream-failed',
  'request-refused',
  'resource-denied',
  'credentials-doubled',
  'bearer-refused',
]

describe('keys, lanes and projects are unchanged', () => {
  test.each(harmless)('by %s, however often it comes', (verdict) => {
    const engine = createTestEngine({ keys: 1 })
    for (let time = 0; time < 50; time += 1) engine.meet(verdict)
    expect(stateOf(engine, 1)).toBe('active')
    expect(engine.reserve().trial).toBe(false)
    expect(rowsOf(engine).filter(({ kind }) => kind !== 'lane')).toEqual([])
  })
})

describe('what Google counts stays counted, and nothing else', () => {
  const counted: readonly VerdictName[] = [
    'answered',
    'answer-withheld',
    'answer-empty',
    'stream-cut',
    'client-left',
    'timed-out',
  ]
  test.each(verdictNames)('%s', (verdict) => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet(verdict, { violations: [perMinute(5)] })
    const used = engine.views.lanes().rows[0]?.used
    expect(used?.minuteRequests).toBe(counted.includes(verdict) ? 1 : 0)
    expect(used?.minuteTokens).toBe(counted.includes(verdict) ? 10 : 0)
  })

  test('input tokens are those that Google counted', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('answered', { inputTokens: 1234 })
    expect(engine.views.lanes().rows[0]?.used.minuteTokens).toBe(1234)
  })
})

describe('a key', () => {
  test.each(['key-invalid', 'key-leaked', 'key-blocked'] as const)(
    'is dead after one %s',
    (verdict) => {
      const engine = createTestEngine({ keys: 2 })
      engine.meet(verdict, { message: 'Google says so.' })
      expect(stateOf(engine, 1)).toBe('dead')
      expect(engine.views.keys().rows[0]?.because).toMatchObject({
        verdict,
        message: 'Google says so.',
      })
      engine.clock.advance(30 * day)
      expect([engine.meet('answered').key, engine.meet('answered').key]).toEqual([2, 2])
    },
  )

  test('whose credential is of the wrong kind cools at first and is dead the second time', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('key-unauthenticated')
    expect(engine.refused()).toMatchObject({ kind: 'exhausted' })
    engine.clock.advance(minute)
    expect(engine.meet('key-unauthenticated').trial).toBe(true)
    expect(stateOf(engine, 1)).toBe('dead')
  })

  test('that answers after a wrong-kind refusal is no longer suspected', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('key-unauthenticated')
    engine.clock.advance(minute)
    engine.meet('answered')
    engine.meet('key-unauthenticated')
    expect(stateOf(engine, 1)).toBe('failing')
  })

  test('cools after MAX_FAILURES unknown refusals in a row, and is not dead', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('refusal-unknown')
    engine.meet('refusal-unknown')
    expect(stateOf(engine, 1)).toBe('active')
    engine.meet('refusal-unknown')
    expect(stateOf(engine, 1)).toBe('failing')
  })

  test('counts only failures in a row: a success starts the count again', () => {
    const engine = createTestEngine({ keys: 1 })
    for (let time = 0; time < 10; time += 1) {
      engine.meet('refusal-unknown')
      engine.meet('refusal-unknown')
      engine.meet('answered')
    }
    expect(stateOf(engine, 1)).toBe('active')
  })

  test('that keeps failing cools longer each time, up to an hour', () => {
    const engine = createTestEngine({ keys: 1 })
    for (let time = 0; time < 3; time += 1) engine.meet('refusal-unknown')
    const rests: number[] = []
    for (let time = 0; time < 4; time += 1) {
      const reason = engine.refused()
      const wakesAt = 'wakesAt' in reason ? reason.wakesAt : 0
      rests.push(wakesAt - engine.clock.now())
      engine.clock.advance(wakesAt - engine.clock.now())
      expect(engine.meet('refusal-unknown').trial).toBe(true)
    }
    expect(rests).toEqual([minute, 10 * minute, hour, hour])
  })
})

describe('a project', () => {
  const twoKeysOfOne = [{ project: 'projects/7' }, { project: 'projects/7' }, {}]

  test.each(['project-suspended', 'service-disabled', 'project-unfunded'] as const)(
    'is left alone with all its keys for an hour after %s, then tried once',
    (verdict) => {
      const engine = createTestEngine({ keys: twoKeysOfOne })
      engine.meet(verdict)
      const others = Array.from({ length: 4 }, () => engine.meet('answered').key)
      expect(others).toEqual([3, 3, 3, 3])
      expect(stateOf(engine, 2)).toBe('suspended')
      engine.clock.advance(hour)
      const trial = engine.reserve({ tried: new Set([3]) })
      expect(trial).toMatchObject({ project: 'projects/7', trial: true })
      expect(engine.refused({ tried: new Set([3]) }).kind).toBe('exhausted')
      engine.keys.settle(trial, { verdict: 'answered', status: 200 })
      expect(engine.reserve({ tried: new Set([3]) }).trial).toBe(false)
    },
  )

  test('that fails its trial is suspended again, for twice as long', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('project-suspended')
    engine.clock.advance(hour)
    engine.meet('project-suspended')
    engine.clock.advance(2 * hour - 1)
    expect(engine.refused().kind).toBe('none-alive')
    engine.clock.advance(1)
    expect(engine.reserve().trial).toBe(true)
  })

  test('that needs billing waits a day, or until it is marked as paid', () => {
    const engine = createTestEngine({ keys: [{ project: 'projects/7' }] })
    engine.meet('project-needs-billing')
    engine.clock.advance(hour)
    expect(engine.refused().kind).toBe('none-alive')
    engine.control.setProject({ id: 'projects/7', paid: true })
    expect(engine.reserve().key).toBe(1)
  })

  test('that Google names takes its keys in at once, and the verdict falls on all of them', () => {
    const engine = createTestEngine({ keys: 3 })
    engine.meet('resource-denied', { consumer: 'projects/7' })
    engine.meet('project-suspended', { consumer: 'projects/7' })
    const served = [engine.meet('answered').key, engine.meet('answered').key]
    expect(served).toEqual([3, 3])
    expect(engine.views.keys({ project: 'projects/7' }).total).toBe(2)
  })

  test('that an operator named keeps its name', () => {
    const engine = createTestEngine({ keys: [{ project: 'team-a' }] })
    engine.meet('resource-denied', { consumer: 'projects/7' })
    expect(engine.reserve().project).toBe('team-a')
  })
})

describe('a lane', () => {
  test('closes alone: other models of the same key go on', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [perDay(20)] })
    expect(engine.reserve({ lane: 'gemini-other' }).key).toBe(1)
  })

  test('is shared by the keys of a project: none of them is sent into an exhausted quota', () => {
    const engine = createTestEngine({
      keys: [{ project: 'p' }, { project: 'p' }, { project: 'p' }],
    })
    engine.meet('quota-spent', { violations: [perDay(20)] })
    expect(engine.refused().kind).toBe('exhausted')
  })

  test('with several violations is closed until the last of them returns', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [perDay(20), perMinute(5)], retryAfterMs: 20_000 })
    engine.clock.advance(hour)
    expect(engine.refused()).toMatchObject({ wakesAt: Date.UTC(2026, 8, 20, 7) + 250 })
  })

  test('is not closed longer than 90 s for a minute, whatever Google advertises', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [perMinute(5)], retryAfterMs: hour })
    engine.clock.advance(90_000)
    expect(engine.reserve().key).toBe(1)
  })

  test('whose tokens of the minute are exhausted closes like one whose requests are', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [tokensPerMinute(1000)], retryAfterMs: 14_000 })
    engine.clock.advance(13_999)
    expect(engine.refused().kind).toBe('exhausted')
    engine.clock.advance(1)
    expect(engine.reserve().key).toBe(1)
  })

  test('whose limit is not known is tried once before it opens', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [perMinute()], retryAfterMs: 20_000 })
    engine.clock.advance(20_000)
    expect(engine.reserve().trial).toBe(true)
    expect(engine.refused()).toMatchObject({
      kind: 'exhausted',
      wakesAt: engine.clock.now() + 1000,
    })
  })

  test.each([
    ['quota-zero', {}],
    ['quota-spent', { violations: [perDay(0)] }],
  ] as const)(
    'without any quota (%s) is unavailable, and tried again after a week',
    (verdict, more) => {
      const engine = createTestEngine({ keys: 1 })
      engine.meet(verdict, more)
      expect(engine.refused()).toEqual({ kind: 'model-unavailable' })
      engine.clock.advance(7 * day)
      expect(engine.reserve().trial).toBe(true)
    },
  )

  test('without quota opens when its project becomes a paid one', () => {
    const engine = createTestEngine({ keys: [{ project: 'p' }] })
    engine.meet('quota-zero')
    engine.control.setProject({ id: 'p', paid: true })
    expect(engine.reserve().key).toBe(1)
  })

  test('that is closed to a project stays so', () => {
    const engine = createTestEngine({ keys: 2 })
    engine.meet('model-closed')
    engine.clock.advance(365 * day)
    expect([engine.meet('answered').key, engine.meet('answered').key]).toEqual([2, 2])
  })

  test('of a model not found is tried again after an hour, then two, up to a day', () => {
    const engine = createTestEngine({ keys: 1 })
    const waits = [1, 2, 4, 8, 16, 24, 24]
    for (const hours of waits) {
      engine.meet('model-not-found')
      engine.clock.advance(hours * hour - 1)
      expect(engine.refused().kind).toBe('model-unavailable')
      engine.clock.advance(1)
    }
    expect(engine.meet('answered').trial).toBe(true)
    expect(engine.reserve().trial).toBe(false)
  })

  test('refused without a reason cools 10 s, a minute, 10 minutes, an hour', () => {
    const engine = createTestEngine({ keys: 1 })
    for (const coolingMs of [10_000, minute, 10 * minute, hour, hour]) {
      engine.meet('quota-unknown')
      engine.clock.advance(coolingMs - 1)
      expect(engine.refused().kind).toBe('exhausted')
      engine.clock.advance(1)
    }
    expect(engine.meet('answered').trial).toBe(true)
    engine.meet('quota-unknown')
    engine.clock.advance(10_000)
    expect(engine.reserve().trial).toBe(true)
  })

  test('escalates once per window, however many calls were under way when it closed', () => {
    const engine = createTestEngine({ keys: 1 })
    const out = Array.from({ length: 5 }, () => engine.reserve())
    engine.clock.advance(10)
    for (const reservation of out) {
      engine.keys.settle(reservation, { verdict: 'quota-unknown', status: 429 })
      engine.clock.advance(10)
    }
    engine.clock.advance(10_000)
    expect(engine.reserve().trial).toBe(true)
  })
})

describe('limits', () => {
  const exhaustedMinute = { violations: [perMinute(3)], retryAfterMs: 1000 }

  test('once learned are kept before Google refuses again', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', exhaustedMinute)
    engine.clock.advance(2 * minute)
    for (let time = 0; time < 3; time += 1) engine.meet('answered')
    expect(engine.refused()).toMatchObject({ wakesAt: engine.clock.now() + 60_250 })
  })

  test('of a day are kept over midnight', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [perDay(2)] })
    engine.clock.advance(day)
    engine.meet('answered')
    engine.meet('answered')
    expect(engine.refused().kind).toBe('exhausted')
  })

  test('given by the operator go over learned ones', () => {
    const engine = createTestEngine({ keys: [{ project: 'p' }] })
    engine.meet('quota-spent', exhaustedMinute)
    engine.control.setProject({ id: 'p', limits: { [flash]: { minuteRequests: 1 } } })
    engine.clock.advance(2 * minute)
    engine.meet('answered')
    expect(engine.refused().kind).toBe('exhausted')
  })

  test('given for all lanes hold where none is named', () => {
    const engine = createTestEngine({ keys: [{ project: 'p' }] })
    engine.control.setProject({
      id: 'p',
      limits: { '*': { minuteRequests: 1 }, [flash]: {} },
    })
    engine.meet('answered')
    engine.meet('answered')
    engine.meet('answered', { wanted: { lane: 'gemini-other' } })
    expect(engine.refused({ lane: 'gemini-other' }).kind).toBe('exhausted')
  })

  test('are forgotten after 14 days', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', exhaustedMinute)
    engine.clock.advance(15 * day)
    engine.meet('answered')
    expect(engine.views.lanes().rows[0]?.learned).toBeUndefined()
  })

  test('are forgotten when the tier of the project changes', () => {
    const engine = createTestEngine({ keys: [{ project: 'p' }] })
    engine.meet('quota-spent', exhaustedMinute)
    engine.control.setProject({ id: 'p', paid: true })
    expect(engine.views.lanes().rows[0]?.learned).toBeUndefined()
  })

  test('are raised when more was answered than they allow', () => {
    const engine = createTestEngine({ keys: 1 })
    const out = Array.from({ length: 6 }, () => engine.reserve())
    const last = out.pop()
    if (last) engine.keys.settle(last, { verdict: 'quota-spent', status: 429, ...exhaustedMinute })
    for (const reservation of out) {
      engine.keys.settle(reservation, { verdict: 'answered', status: 200 })
    }
    expect(engine.views.lanes().rows[0]?.limits.minuteRequests).toBe(5)
  })

  test('that a request exceeds by itself leave the lane to smaller ones', () => {
    const engine = createTestEngine({ keys: 2 })
    engine.meet('quota-spent', { violations: [tokensPerMinute(1000)], retryAfterMs: 1000 })
    engine.clock.advance(2 * minute)
    const large = { estimatedInputTokens: 5000 }
    expect([engine.reserve(large).key, engine.reserve(large).key]).toEqual([2, 2])
    expect(engine.reserve({ tried: new Set([2]) }).key).toBe(1)
    expect(engine.refused({ ...large, tried: new Set([2]) }).kind).not.toBe('none-alive')
  })

  test('name the tier of a project', () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('quota-spent', { violations: [{ ...perMinute(5), tier: 'paid' }], retryAfterMs: 1 })
    engine.clock.advance(minute)
    expect(engine.reserve({ paidOnly: true }).key).toBe(1)
  })
})

describe('keys whose day is exhausted together, though we counted less', () => {
  test('are proposed as one project, and nothing is assumed', () => {
    const engine = createTestEngine({ keys: 3 })
    engine.meet('quota-spent', { violations: [perDay(20)] })
    engine.clock.advance(1000)
    engine.meet('quota-spent', { violations: [perDay(20)] })
    expect(engine.control.projectProposals()).toMatchObject([{ keys: [1, 2], lane: flash }])
    expect(engine.reserve().project).toBe('key:3')
    engine.control.assignProject(1, 'p')
    expect(engine.control.projectProposals()).toEqual([])
  })

  test('are not when the refusals lie apart', () => {
    const engine = createTestEngine({ keys: 2 })
    engine.meet('quota-spent', { violations: [perDay(20)] })
    engine.clock.advance(minute)
    engine.meet('quota-spent', { violations: [perDay(20)] })
    expect(engine.control.projectProposals()).toEqual([])
  })
})

test('a key that was removed while its call was out is not judged', async () => {
  const engine = createTestEngine({ keys: 2 })
  const reservation = engine.reserve()
  engine.control.removeKeys([reservation.key])
  engine.keys.settle(reservation, {
    verdict: 'project-suspended',
    status: 403,
    consumer: 'projects/1',
  })
  expect((await engine.views.counts()).keys).toMatchObject({ active: 1, suspended: 0 })
  engine.control.addKeys([aKey(reservation.key)])
  expect(stateOf(engine, reservation.key)).toBe('active')
})
