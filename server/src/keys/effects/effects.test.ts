import { describe, expect, test } from 'vitest'

import {
  aKey,
  createBench,
  day,
  flash,
  hour,
  minute,
  perDay,
  perMinute,
  tokensPerMinute,
  type Bench,
} from '../testing/engine-bench.ts'
import { verdictNames, type VerdictName } from '../../google/verdicts.ts'

const stateOf = ({ engine }: Bench, id: number) =>
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

describe('nobody is hurt', () => {
  test.each(harmless)('by %s, however often it comes', (verdict) => {
    const bench = createBench({ keys: 1 })
    for (let time = 0; time < 50; time += 1) bench.meet(verdict)
    expect(stateOf(bench, 1)).toBe('active')
    expect(bench.wanted().trial).toBe(false)
    expect(bench.engine.state.exportAll().filter(({ kind }) => kind !== 'lane')).toEqual([])
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
    const bench = createBench({ keys: 1 })
    bench.meet(verdict, { violations: [perMinute(5)] })
    const used = bench.engine.views.lanes().rows[0]?.used
    expect(used?.minuteRequests).toBe(counted.includes(verdict) ? 1 : 0)
    expect(used?.minuteTokens).toBe(counted.includes(verdict) ? 10 : 0)
  })

  test('input tokens are those that Google counted', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('answered', { inputTokens: 1234 })
    expect(bench.engine.views.lanes().rows[0]?.used.minuteTokens).toBe(1234)
  })
})

describe('a key', () => {
  test.each(['key-invalid', 'key-leaked', 'key-blocked'] as const)(
    'is dead after one %s',
    (verdict) => {
      const bench = createBench({ keys: 2 })
      bench.meet(verdict, { message: 'Google says so.' })
      expect(stateOf(bench, 1)).toBe('dead')
      expect(bench.engine.views.keys().rows[0]?.because).toMatchObject({
        verdict,
        message: 'Google says so.',
      })
      bench.clock.advance(30 * day)
      expect([bench.meet('answered').key, bench.meet('answered').key]).toEqual([2, 2])
    },
  )

  test('whose credential is of the wrong kind rests at first and is dead the second time', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('key-unauthenticated')
    expect(bench.refused()).toMatchObject({ kind: 'exhausted' })
    bench.clock.advance(minute)
    expect(bench.meet('key-unauthenticated').trial).toBe(true)
    expect(stateOf(bench, 1)).toBe('dead')
  })

  test('that answers after a wrong-kind refusal is cleared of it', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('key-unauthenticated')
    bench.clock.advance(minute)
    bench.meet('answered')
    bench.meet('key-unauthenticated')
    expect(stateOf(bench, 1)).toBe('failing')
  })

  test('rests after MAX_FAILURES unexplained failures in a row, and is not dead', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('refusal-unknown')
    bench.meet('refusal-unknown')
    expect(stateOf(bench, 1)).toBe('active')
    bench.meet('refusal-unknown')
    expect(stateOf(bench, 1)).toBe('failing')
  })

  test('counts only failures in a row: a success starts the count again', () => {
    const bench = createBench({ keys: 1 })
    for (let time = 0; time < 10; time += 1) {
      bench.meet('refusal-unknown')
      bench.meet('refusal-unknown')
      bench.meet('answered')
    }
    expect(stateOf(bench, 1)).toBe('active')
  })

  test('that keeps failing rests longer each time, up to an hour', () => {
    const bench = createBench({ keys: 1 })
    for (let time = 0; time < 3; time += 1) bench.meet('refusal-unknown')
    const rests: number[] = []
    for (let time = 0; time < 4; time += 1) {
      const refusal = bench.refused()
      const wakesAt = 'wakesAt' in refusal ? refusal.wakesAt : 0
      rests.push(wakesAt - bench.clock.now())
      bench.clock.advance(wakesAt - bench.clock.now())
      expect(bench.meet('refusal-unknown').trial).toBe(true)
    }
    expect(rests).toEqual([minute, 10 * minute, hour, hour])
  })
})

describe('a project', () => {
  const twoKeysOfOne = [{ project: 'projects/7' }, { project: 'projects/7' }, {}]

  test.each(['project-suspended', 'service-disabled', 'project-unfunded'] as const)(
    'is left alone with all its keys for an hour after %s, then tried once',
    (verdict) => {
      const bench = createBench({ keys: twoKeysOfOne })
      bench.meet(verdict)
      const others = Array.from({ length: 4 }, () => bench.meet('answered').key)
      expect(others).toEqual([3, 3, 3, 3])
      expect(stateOf(bench, 2)).toBe('suspended')
      bench.clock.advance(hour)
      const trial = bench.wanted({ tried: new Set([3]) })
      expect(trial).toMatchObject({ project: 'projects/7', trial: true })
      expect(bench.refused({ tried: new Set([3]) }).kind).toBe('exhausted')
      bench.engine.keys.settle(trial, { verdict: 'answered', status: 200 })
      expect(bench.wanted({ tried: new Set([3]) }).trial).toBe(false)
    },
  )

  test('that fails its trial is suspended again, for twice as long', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('project-suspended')
    bench.clock.advance(hour)
    bench.meet('project-suspended')
    bench.clock.advance(2 * hour - 1)
    expect(bench.refused().kind).toBe('none-alive')
    bench.clock.advance(1)
    expect(bench.wanted().trial).toBe(true)
  })

  test('that needs billing waits a day, or until it is marked as paid', () => {
    const bench = createBench({ keys: [{ project: 'projects/7' }] })
    bench.meet('project-needs-billing')
    bench.clock.advance(hour)
    expect(bench.refused().kind).toBe('none-alive')
    bench.engine.control.setProject({ id: 'projects/7', paid: true })
    expect(bench.wanted().key).toBe(1)
  })

  test('that Google names takes its keys in at once, and the verdict falls on all of them', () => {
    const bench = createBench({ keys: 3 })
    bench.meet('resource-denied', { consumer: 'projects/7' })
    bench.meet('project-suspended', { consumer: 'projects/7' })
    const served = [bench.meet('answered').key, bench.meet('answered').key]
    expect(served).toEqual([3, 3])
    expect(bench.engine.views.keys({ project: 'projects/7' }).total).toBe(2)
  })

  test('that an operator named keeps its name', () => {
    const bench = createBench({ keys: [{ project: 'team-a' }] })
    bench.meet('resource-denied', { consumer: 'projects/7' })
    expect(bench.wanted().project).toBe('team-a')
  })
})

describe('a lane', () => {
  test('is shut alone: other models of the same key go on', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [perDay(20)] })
    expect(bench.wanted({ lane: 'gemini-other' }).key).toBe(1)
  })

  test('is shared by the keys of a project: none of them is sent into a spent quota', () => {
    const bench = createBench({ keys: [{ project: 'p' }, { project: 'p' }, { project: 'p' }] })
    bench.meet('quota-spent', { violations: [perDay(20)] })
    expect(bench.refused().kind).toBe('exhausted')
  })

  test('with several violations is shut until the latest of them returns', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [perDay(20), perMinute(5)], retryAfterMs: 20_000 })
    bench.clock.advance(hour)
    expect(bench.refused()).toMatchObject({ wakesAt: Date.UTC(2026, 8, 20, 7) + 250 })
  })

  test('is not shut longer than 90 s for a minute, whatever Google advertises', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [perMinute(5)], retryAfterMs: hour })
    bench.clock.advance(90_000)
    expect(bench.wanted().key).toBe(1)
  })

  test('whose token minute is spent is shut like one whose requests are', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [tokensPerMinute(1000)], retryAfterMs: 14_000 })
    bench.clock.advance(13_999)
    expect(bench.refused().kind).toBe('exhausted')
    bench.clock.advance(1)
    expect(bench.wanted().key).toBe(1)
  })

  test('whose limit is not known is tried once before it opens', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [perMinute()], retryAfterMs: 20_000 })
    bench.clock.advance(20_000)
    expect(bench.wanted().trial).toBe(true)
    expect(bench.refused()).toMatchObject({ kind: 'exhausted', wakesAt: bench.clock.now() + 1000 })
  })

  test.each([
    ['quota-zero', {}],
    ['quota-spent', { violations: [perDay(0)] }],
  ] as const)(
    'without any quota (%s) is unavailable, and looked at again after a week',
    (verdict, more) => {
      const bench = createBench({ keys: 1 })
      bench.meet(verdict, more)
      expect(bench.refused()).toEqual({ kind: 'model-unavailable' })
      bench.clock.advance(7 * day)
      expect(bench.wanted().trial).toBe(true)
    },
  )

  test('without quota opens when its project becomes a paid one', () => {
    const bench = createBench({ keys: [{ project: 'p' }] })
    bench.meet('quota-zero')
    bench.engine.control.setProject({ id: 'p', paid: true })
    expect(bench.wanted().key).toBe(1)
  })

  test('that is closed to a project stays so', () => {
    const bench = createBench({ keys: 2 })
    bench.meet('model-closed')
    bench.clock.advance(365 * day)
    expect([bench.meet('answered').key, bench.meet('answered').key]).toEqual([2, 2])
  })

  test('of a model not found is looked at again after an hour, then two, up to a day', () => {
    const bench = createBench({ keys: 1 })
    const waits = [1, 2, 4, 8, 16, 24, 24]
    for (const hours of waits) {
      bench.meet('model-not-found')
      bench.clock.advance(hours * hour - 1)
      expect(bench.refused().kind).toBe('model-unavailable')
      bench.clock.advance(1)
    }
    expect(bench.meet('answered').trial).toBe(true)
    expect(bench.wanted().trial).toBe(false)
  })

  test('refused without a reason cools 10 s, a minute, 10 minutes, an hour', () => {
    const bench = createBench({ keys: 1 })
    for (const coolingMs of [10_000, minute, 10 * minute, hour, hour]) {
      bench.meet('quota-unknown')
      bench.clock.advance(coolingMs - 1)
      expect(bench.refused().kind).toBe('exhausted')
      bench.clock.advance(1)
    }
    expect(bench.meet('answered').trial).toBe(true)
    bench.meet('quota-unknown')
    bench.clock.advance(10_000)
    expect(bench.wanted().trial).toBe(true)
  })

  test('escalates once per window, however many calls were out when it shut', () => {
    const bench = createBench({ keys: 1 })
    const out = Array.from({ length: 5 }, () => bench.wanted())
    bench.clock.advance(10)
    for (const reservation of out) {
      bench.engine.keys.settle(reservation, { verdict: 'quota-unknown', status: 429 })
      bench.clock.advance(10)
    }
    bench.clock.advance(10_000)
    expect(bench.wanted().trial).toBe(true)
  })
})

describe('limits', () => {
  const spentMinute = { violations: [perMinute(3)], retryAfterMs: 1000 }

  test('once learned are kept before Google refuses again', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', spentMinute)
    bench.clock.advance(2 * minute)
    for (let time = 0; time < 3; time += 1) bench.meet('answered')
    expect(bench.refused()).toMatchObject({ wakesAt: bench.clock.now() + 60_250 })
  })

  test('of a day are kept over midnight', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [perDay(2)] })
    bench.clock.advance(day)
    bench.meet('answered')
    bench.meet('answered')
    expect(bench.refused().kind).toBe('exhausted')
  })

  test('given by the operator go over learned ones', () => {
    const bench = createBench({ keys: [{ project: 'p' }] })
    bench.meet('quota-spent', spentMinute)
    bench.engine.control.setProject({ id: 'p', limits: { [flash]: { minuteRequests: 1 } } })
    bench.clock.advance(2 * minute)
    bench.meet('answered')
    expect(bench.refused().kind).toBe('exhausted')
  })

  test('given for all lanes hold where none is named', () => {
    const bench = createBench({ keys: [{ project: 'p' }] })
    bench.engine.control.setProject({
      id: 'p',
      limits: { '*': { minuteRequests: 1 }, [flash]: {} },
    })
    bench.meet('answered')
    bench.meet('answered')
    bench.meet('answered', { wanted: { lane: 'gemini-other' } })
    expect(bench.refused({ lane: 'gemini-other' }).kind).toBe('exhausted')
  })

  test('are forgotten after 14 days', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', spentMinute)
    bench.clock.advance(15 * day)
    bench.meet('answered')
    expect(bench.engine.views.lanes().rows[0]?.learned).toBeUndefined()
  })

  test('are forgotten when the tier of the project changes', () => {
    const bench = createBench({ keys: [{ project: 'p' }] })
    bench.meet('quota-spent', spentMinute)
    bench.engine.control.setProject({ id: 'p', paid: true })
    expect(bench.engine.views.lanes().rows[0]?.learned).toBeUndefined()
  })

  test('are raised when more was answered than they allow', () => {
    const bench = createBench({ keys: 1 })
    const out = Array.from({ length: 6 }, () => bench.wanted())
    const last = out.pop()
    if (last)
      bench.engine.keys.settle(last, { verdict: 'quota-spent', status: 429, ...spentMinute })
    for (const reservation of out) {
      bench.engine.keys.settle(reservation, { verdict: 'answered', status: 200 })
    }
    expect(bench.engine.views.lanes().rows[0]?.limits.minuteRequests).toBe(5)
  })

  test('that a request exceeds by itself leave the lane to smaller ones', () => {
    const bench = createBench({ keys: 2 })
    bench.meet('quota-spent', { violations: [tokensPerMinute(1000)], retryAfterMs: 1000 })
    bench.clock.advance(2 * minute)
    const large = { estimatedInputTokens: 5000 }
    expect([bench.wanted(large).key, bench.wanted(large).key]).toEqual([2, 2])
    expect(bench.wanted({ tried: new Set([2]) }).key).toBe(1)
    expect(bench.refused({ ...large, tried: new Set([2]) }).kind).not.toBe('none-alive')
  })

  test('name the tier of a project', () => {
    const bench = createBench({ keys: 1 })
    bench.meet('quota-spent', { violations: [{ ...perMinute(5), tier: 'paid' }], retryAfterMs: 1 })
    bench.clock.advance(minute)
    expect(bench.wanted({ paidOnly: true }).key).toBe(1)
  })
})

describe('keys that meet a spent day together, though we counted less', () => {
  test('are proposed as one project, and nothing is assumed', () => {
    const bench = createBench({ keys: 3 })
    bench.meet('quota-spent', { violations: [perDay(20)] })
    bench.clock.advance(1000)
    bench.meet('quota-spent', { violations: [perDay(20)] })
    expect(bench.engine.control.projectProposals()).toMatchObject([{ keys: [1, 2], lane: flash }])
    expect(bench.wanted().project).toBe('key:3')
    bench.engine.control.assignProject(1, 'p')
    expect(bench.engine.control.projectProposals()).toEqual([])
  })

  test('are not when the refusals lie apart', () => {
    const bench = createBench({ keys: 2 })
    bench.meet('quota-spent', { violations: [perDay(20)] })
    bench.clock.advance(minute)
    bench.meet('quota-spent', { violations: [perDay(20)] })
    expect(bench.engine.control.projectProposals()).toEqual([])
  })
})

test('a key that was removed while its call was out is not judged', () => {
  const bench = createBench({ keys: 2 })
  const reservation = bench.wanted()
  bench.engine.control.removeKeys([reservation.key])
  bench.engine.keys.settle(reservation, {
    verdict: 'project-suspended',
    status: 403,
    consumer: 'projects/1',
  })
  expect(bench.engine.views.counts().keys).toMatchObject({ active: 1, suspended: 0 })
  bench.engine.control.addKeys([aKey(reservation.key)])
  expect(stateOf(bench, reservation.key)).toBe('active')
})
