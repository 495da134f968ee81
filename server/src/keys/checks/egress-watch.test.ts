import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../google/outcome.ts'
import { aRequest, createTestEngine, hour, minute } from '../testing/test-engine.ts'

const answered: Outcome = { verdict: 'answered', status: 200 }
const refused: Outcome = { verdict: 'network-failed', status: 0, reason: 'ECONNREFUSED' }
const silent: Outcome = { verdict: 'network-failed', status: 0, reason: 'NO_ANSWER' }

/** Lets trials that are over be judged. */
const settled = () => new Promise((resolve) => void setImmediate(resolve))

/** An engine with a watch, before a network that a test breaks. */
function start(keys = 5) {
  const engine = createTestEngine({ keys })
  const { clock } = engine
  const trials: number[] = []
  const began = clock.now()
  let network: 'up' | 'refuses' | 'silent' = 'up'
  let renewed = 0
  let givenUp = 0
  const checks = engine.startChecks(async () => answered, undefined, {
    async run(_key, limitMs) {
      trials.push(clock.now() - began)
      if (network === 'up') return answered
      if (network === 'refuses') return refused
      return new Promise((resolve) => void clock.at(clock.now() + limitMs, () => resolve(silent)))
    },
    renew: () => (renewed += 1),
    giveUpSilentCalls: () => (givenUp += 1),
  })
  let number = 0
  return {
    ...engine,
    checks,
    trials,
    renewed: () => renewed,
    givenUp: () => givenUp,
    become(next: typeof network) {
      network = next
    },
    /** A request of its own. */
    fail: () => engine.meet('network-failed', { wanted: { request: `r${(number += 1)}` } }),
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += 100) {
        clock.advance(100)
        await settled()
      }
    },
    wait: (maxWaitMs: number) =>
      engine.keys.wait(aRequest(), { maxWaitMs, signal: new AbortController().signal }),
    isDown: async () => (await engine.views.counts()).egressDownUntil !== undefined,
  }
}

type Watched = ReturnType<typeof start>

async function breakDown(engine: Watched): Promise<void> {
  engine.become('refuses')
  for (let time = 0; time < 3; time += 1) engine.fail()
  await engine.pass(100)
  expect(await engine.isDown()).toBe(true)
}

/** Asks once a second, as clients do that obey `retry-after`. */
async function ask(engine: Watched, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) {
    expect(engine.refused().kind).toBe('egress-down')
    await engine.pass(1000)
  }
}

describe('an outage', () => {
  test.each([
    ['5 s', 5000],
    ['1 min', minute],
    ['1 h', hour],
  ])(
    'of %s has one trial a second, and ends within a second for requests that wait',
    async (_name, ms) => {
      const engine = start()
      await breakDown(engine)
      const before = engine.trials.length
      await ask(engine, ms)
      expect(engine.trials.length - before).toBeLessThanOrEqual(ms / 1000)
      expect(engine.trials.length - before).toBeGreaterThan(ms / 1000 - 2)
      const waiting = engine.wait(3000)
      engine.become('up')
      const backAt = engine.clock.now()
      await engine.pass(1000)
      expect(await waiting).toMatchObject({ ok: true })
      expect(engine.clock.now() - backAt).toBeLessThanOrEqual(1000)
      expect(engine.events.at(-1)).toEqual({ kind: 'egress-recovered' })
      expect(engine.renewed()).toBe(1)
    },
    60_000,
  )

  test('without requests has a trial every 10 s after a minute, and at once when a request comes', async () => {
    const engine = start()
    await breakDown(engine)
    expect(engine.refused().kind).toBe('egress-down')
    await engine.pass(2 * minute)
    const before = engine.trials.length
    await engine.pass(minute)
    expect(engine.trials.length - before).toBe(6)
    await engine.pass(2000)
    engine.become('up')
    const waiting = engine.wait(3000)
    await engine.pass(1000)
    expect(await waiting).toMatchObject({ ok: true })
  })

  test('in which trials hang has one a second all the same', async () => {
    const engine = start()
    await breakDown(engine)
    engine.become('silent')
    const before = engine.trials.length
    await ask(engine, 20_000)
    expect(engine.trials.length - before).toBe(20)
    expect(engine.givenUp()).toBeGreaterThan(0)
  })

  test('leaves no request as a trial, and all together go on when it ends', async () => {
    const engine = start()
    await breakDown(engine)
    const waiting = Promise.all(Array.from({ length: 50 }, () => engine.wait(5000)))
    await engine.pass(3000)
    expect((await engine.views.counts()).waiting).toBe(50)
    engine.become('up')
    await engine.pass(1000)
    expect((await waiting).map(({ ok }) => ok)).toEqual(Array.from({ length: 50 }, () => true))
  })

  test('refuses a request that has waited as long as it may, with a second to wait', async () => {
    const engine = start()
    await breakDown(engine)
    const waiting = engine.wait(3000)
    await engine.pass(3000)
    expect(await waiting).toEqual({
      ok: false,
      reason: { kind: 'egress-down', wakesAt: engine.clock.now() + 1000 },
    })
  })

  test('is told once, however long it lasts', async () => {
    const engine = start()
    await breakDown(engine)
    await ask(engine, minute)
    expect(engine.events.filter(({ kind }) => kind === 'egress-down')).toHaveLength(1)
  })

  test('ends without keys: that is the reason then', async () => {
    const engine = start(1)
    engine.become('refuses')
    for (let time = 0; time < 3; time += 1) engine.fail()
    await engine.pass(100)
    engine.control.disable(1)
    await engine.pass(1000)
    expect(engine.refused().kind).toBe('none-alive')
  })
})

describe('failures of calls while the network works', () => {
  test('close nothing, however many, and cost a trial a second', async () => {
    const engine = start()
    for (let time = 0; time < 100; time += 1) {
      engine.fail()
      await engine.pass(100)
      expect(await engine.isDown()).toBe(false)
    }
    expect(engine.trials.length).toBeGreaterThan(0)
    expect(engine.trials.length).toBeLessThanOrEqual(11)
    expect(engine.renewed()).toBe(0)
  })

  test('of one request are not even looked into', async () => {
    const engine = start()
    for (let time = 0; time < 20; time += 1) {
      engine.meet('network-failed', { wanted: { request: 'hostile' } })
    }
    await engine.pass(3000)
    expect(engine.trials).toEqual([])
  })
})

describe('calls that hear nothing', () => {
  test('for 5 s have the network tried; when two trials hear nothing either they are given up', async () => {
    const engine = start()
    engine.reserve()
    engine.become('silent')
    await engine.pass(5000)
    expect(engine.trials).toEqual([5000])
    await engine.pass(3000)
    expect([engine.givenUp(), await engine.isDown()]).toEqual([0, false])
    await engine.pass(1000)
    expect([engine.givenUp(), await engine.isDown()]).toEqual([1, true])
  })

  test('from a slow model stay, and have the network tried ever more rarely', async () => {
    const engine = start()
    const slow = engine.reserve()
    await engine.pass(5 * minute)
    expect(engine.trials.length).toBeLessThanOrEqual(9)
    expect([engine.givenUp(), await engine.isDown()]).toEqual([0, false])
    engine.keys.settle(slow, answered)
    const { length } = engine.trials
    await engine.pass(5 * minute)
    expect(engine.trials).toHaveLength(length)
    expect(engine.clock.timers).toBeLessThanOrEqual(2)
  })

  test('are not in doubt while others are answered', async () => {
    const engine = start()
    engine.reserve()
    for (let time = 0; time < 20; time += 1) {
      engine.meet('answered')
      await engine.pass(1000)
    }
    expect(engine.trials).toEqual([])
  })
})

test('a refused location is told as such every time, and requests are its trials', async () => {
  const engine = start()
  for (let time = 0; time < 3; time += 1) engine.meet('location-refused')
  for (let time = 0; time < 60; time += 1) {
    const result = engine.keys.reserve(aRequest())
    if (result.ok) {
      expect(result.reservation.trial).toBe(true)
      engine.keys.settle(result.reservation, { verdict: 'location-refused', status: 400 })
    }
    expect(engine.refused().kind).toBe('location-refused')
    await engine.pass(1000)
  }
  expect(engine.trials).toEqual([])
})
