import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Outcome, QuotaViolation } from '../google/outcome.ts'
import type { Reservation } from './types.ts'
import {
  aRequest,
  createTestEngine,
  day,
  hour,
  perDay,
  perMinute,
  tokensPerMinute,
  type TestEngine,
} from './testing/test-engine.ts'
import { verdictNames, type VerdictName } from '../google/verdicts.ts'

const lanes = ['gemini-a', 'gemini-b']
const limits: readonly QuotaViolation[] = [
  perDay(6),
  perMinute(3),
  tokensPerMinute(500),
  perMinute(),
]

// What only the operator can undo is left out, so that every key comes back.
const passing = verdictNames.filter(
  (name) =>
    !['key-invalid', 'key-unauthenticated', 'key-leaked', 'key-blocked', 'model-closed'].includes(
      name,
    ),
)

type Step =
  | {
      readonly do: 'reserve'
      readonly lane: number
      readonly tokens: number
      readonly tried: number[]
    }
  | {
      readonly do: 'settle'
      readonly which: number
      readonly verdict: VerdictName
      readonly quota: number
    }
  | { readonly do: 'release'; readonly which: number }
  | { readonly do: 'advance'; readonly byMs: number }
  | { readonly do: 'admin'; readonly key: number; readonly what: number }

const step = (verdictNames: readonly VerdictName[]): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('reserve' as const),
        lane: fc.nat(1),
        tokens: fc.oneof(fc.nat(100), fc.nat(600)),
        tried: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('settle' as const),
        which: fc.nat(100),
        verdict: fc.oneof(fc.constant('answered' as const), fc.constantFrom(...verdictNames)),
        quota: fc.nat(limits.length - 1),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat(100) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('advance' as const),
        byMs: fc.oneof(fc.nat(1000), fc.nat(70_000), fc.nat(2 * hour)),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('admin' as const),
        key: fc.integer({ min: 1, max: 6 }),
        what: fc.nat(5),
      }),
    },
  )

/** With few lanes in memory most are archived: that must make no difference. */
const laneCap = fc.constantFrom(1, 2, 40_000)

/** Six keys in four projects. */
const inventory = [
  {},
  {},
  { project: 'shared' },
  { project: 'shared' },
  { project: 'shared', priority: 1 },
  { weight: 3 },
]

function outcomeOf(verdict: VerdictName, quota: number): Outcome {
  const violation = limits[quota]
  const status = verdict === 'answered' ? 200 : verdict === 'network-failed' ? 0 : 400
  return {
    verdict,
    status,
    retryAfterMs: 5000,
    ...(verdict === 'quota-spent' && violation && { violations: [violation] }),
  }
}

type Play = { readonly engine: TestEngine; readonly open: Reservation[] }

function check({ engine }: Play, reservation: Reservation, before: Before): void {
  expect(before.tried).not.toContain(reservation.key)
  const key = before.keys.find(({ id }) => id === reservation.key)
  expect(['active'], `key ${reservation.key} is ${key?.state}`).toContain(key?.state)
  const lane = before.lanes.find(
    ({ lane, project }) => lane === reservation.lane && project === reservation.project,
  )
  if (!lane) return
  expect(['ready', 'trial-due'], `lane is ${lane.status}`).toContain(
    lane.until !== undefined && lane.until <= engine.clock.now() ? 'trial-due' : lane.status,
  )
  expect(reservation.estimatedInputTokens).toBeLessThanOrEqual(lane.tokensLeft)
  for (const name of ['minuteRequests', 'dayRequests'] as const) {
    expect(lane.used[name]).toBeLessThan(lane.limits[name])
  }
}

type Before = ReturnType<typeof lookAt>
function lookAt(engine: TestEngine, tried: readonly number[]) {
  return { tried, keys: engine.views.keys().rows, lanes: engine.views.lanes().rows }
}

function playStep(play: Play, step: Step): void {
  const { engine, open } = play
  const { clock } = engine
  switch (step.do) {
    case 'reserve': {
      const before = lookAt(engine, step.tried)
      const lane = lanes[step.lane] ?? ''
      const wanted = aRequest({
        lane,
        estimatedInputTokens: step.tokens,
        tried: new Set(step.tried),
      })
      const result = engine.keys.reserve(wanted)
      if (!result.ok) return
      check(play, result.reservation, before)
      open.push(result.reservation)
      return
    }
    case 'settle': {
      const [reservation] = open.splice(step.which % Math.max(1, open.length), 1)
      if (reservation) engine.keys.settle(reservation, outcomeOf(step.verdict, step.quota))
      return
    }
    case 'release': {
      const [reservation] = open.splice(step.which % Math.max(1, open.length), 1)
      if (reservation) engine.keys.release(reservation)
      return
    }
    case 'advance':
      clock.advance(step.byMs)
      return
    case 'admin':
      administer(engine, step)
  }
}

function administer(engine: TestEngine, { key, what }: { key: number; what: number }): void {
  if (what === 0) engine.control.disable(key)
  else if (what === 1) engine.control.enable(key)
  else if (what === 2) engine.control.reset(key)
  else if (what === 3) engine.control.assignProject(key, 'moved')
  else if (what === 4) engine.control.setProject({ id: 'shared', paid: key % 2 === 0 })
  else engine.control.clearProject('shared')
}

test('no key is given that is closed, dead, tried or full, whatever happens before', () => {
  fc.assert(
    fc.property(
      fc.array(step(verdictNames), { maxLength: 80 }),
      fc.boolean(),
      laneCap,
      (steps, pooled, laneCap) => {
        const engine = createTestEngine({
          keys: inventory,
          policy: { capacity: { lanes: laneCap } },
        })
        if (pooled) engine.setPolicy({ pool: { enabled: true } })
        const play = { engine, open: [] }
        for (const one of steps) playStep(play, one)
      },
    ),
    { numRuns: 400 },
  )
})

const others = (key: number) => new Set([1, 2, 3, 4, 5, 6].filter((id) => id !== key))

test('when all calls have ended nothing counts as in flight, and no key is lost for good', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step(passing), { maxLength: 60 }),
      laneCap,
      async (steps, laneCap) => {
        const engine = createTestEngine({
          keys: inventory,
          policy: { capacity: { lanes: laneCap } },
        })
        const play: Play = { engine, open: [] }
        for (const one of steps) playStep(play, one)
        for (const reservation of play.open) engine.keys.release(reservation)
        expect((await engine.views.counts()).inFlight).toBe(0)
        engine.clock.advance(8 * day)
        for (let key = 1; key <= inventory.length; key += 1) engine.control.enable(key)
        for (let key = 1; key <= inventory.length; key += 1) {
          for (const lane of lanes) {
            const { clock } = engine
            const reservation = engine.reserve({ lane, tried: others(key) })
            expect(reservation.key).toBe(key)
            engine.keys.settle(reservation, { verdict: 'answered', status: 200 })
            clock.advance(61_000)
          }
        }
      },
    ),
    { numRuns: 300 },
  )
})

const everything = fc.record({
  steps: fc.array(step(verdictNames), { maxLength: 80 }),
  tokens: fc.nat(600),
  laneCap,
})

test('a request is never refused while a lane can take it', () => {
  fc.assert(
    fc.property(everything, ({ steps, tokens, laneCap }) => {
      const engine = createTestEngine({ keys: inventory, policy: { capacity: { lanes: laneCap } } })
      const play: Play = { engine, open: [] }
      for (const one of steps) playStep(play, one)
      const lane = lanes[0] ?? ''
      const result = engine.keys.reserve(aRequest({ lane, estimatedInputTokens: tokens }))
      if (
        result.ok ||
        result.reason.kind === 'overloaded' ||
        result.reason.kind === 'egress-down' ||
        result.reason.kind === 'location-refused'
      ) {
        return
      }
      const withRoom = engine.views
        .lanes({ lane })
        .rows.filter(({ status, tokensLeft }) => status === 'ready' && tokensLeft >= tokens)
      expect(withRoom).toEqual([])
    }),
    { numRuns: 300 },
  )
})
