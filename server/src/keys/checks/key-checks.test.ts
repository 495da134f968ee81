import { describe, expect, test } from 'vitest'

import type { PoolPolicy } from '../policy.ts'
import type { Outcome } from '../../google/outcome.ts'
import {
  createTestEngine,
  day,
  hour,
  minute,
  type PolicyChange,
  type TestEngine,
} from '../testing/test-engine.ts'
import type { VerdictName } from '../../google/verdicts.ts'

const good: Outcome = { verdict: 'answered', status: 200 }
const bad = (verdict: VerdictName): Outcome => ({ verdict, status: 400 })

type Options = {
  readonly keys: number
  readonly pool?: Partial<PoolPolicy>
  readonly policy?: PolicyChange
  readonly probe?: (key: number) => Outcome
  /** What happened before the checks were started: refusals count at once. */
  readonly before?: (engine: TestEngine) => void
}

/** An engine whose probes are recorded and get the given outcomes. */
function maintained({ keys, pool, policy, probe = () => good, before }: Options) {
  const engine = createTestEngine({
    keys,
    policy: { pool: pool ?? {}, ...policy },
  })
  before?.(engine)
  const probed: number[] = []
  const checks = engine.startChecks(async (key) => {
    probed.push(key)
    return probe(key)
  })
  return { engine, probed, checks }
}

function suspendProject({ control, meet }: TestEngine): void {
  control.assignProject(1, 'p')
  control.assignProject(2, 'p')
  meet('project-suspended')
}

async function drain(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve()
}

async function pass({ clock }: TestEngine, ms: number): Promise<void> {
  clock.advance(ms)
  await drain()
}

describe('filling the pool', () => {
  const enabled = { enabled: true, size: 20, minThreshold: 4 }

  test('stops at half of its size at the start', async () => {
    const { engine, checks, probed } = maintained({ keys: 40, pool: enabled })
    await checks.maintainer.preload()
    expect(engine.views.pool().current_size).toBe(10)
    expect(probed.length).toBe(10)
  })

  test('stops when a whole batch fails, tries a few more rounds, and ends', async () => {
    const { engine, checks, probed } = maintained({
      keys: 100,
      pool: enabled,
      probe: () => bad('upstream-failed'),
    })
    const preload = checks.maintainer.preload()
    await drain()
    for (let round = 0; round < 10; round += 1) await pass(engine, 15_000)
    await preload
    expect(probed.length).toBe(10 + 3 * 4)
    engine.close()
    expect(engine.clock.timers).toBe(0)
  })

  test('ends at once when there is no key to probe', async () => {
    const { checks, probed } = maintained({ keys: 0, pool: enabled })
    await checks.maintainer.preload()
    expect(probed).toEqual([])
  })

  test('is begun once by a miss, in the background', async () => {
    const { engine, probed } = maintained({ keys: 40, pool: enabled })
    engine.reserve()
    engine.reserve()
    await drain()
    expect(engine.views.pool()).toMatchObject({
      current_size: 4,
      stats: { emergency_refill_count: 1, miss_count: 2 },
    })
    expect(probed.length).toBe(4)
  })

  test('never goes over the size', async () => {
    const { engine, checks } = maintained({ keys: 40, pool: { ...enabled, size: 3 } })
    await checks.maintainer.preload()
    for (let time = 0; time < 5; time += 1) await checks.maintainer.maintain()
    expect(engine.views.pool().current_size).toBe(3)
  })

  test('does not probe a used-up member: it could not join', async () => {
    const pool = { ...enabled, nonProMaxUsage: 2, usedUpMs: hour }
    const { engine, probed } = maintained({ keys: 2, pool })
    for (let time = 0; time < 20; time += 1) {
      engine.meet('answered')
      await drain()
    }
    expect(probed.length).toBeLessThanOrEqual(2)
    await pass(engine, hour)
    engine.meet('answered')
    await drain()
    expect(engine.views.pool().current_size).toBeGreaterThan(0)
  })

  test('goes on by schedule, by the goal of the moment', async () => {
    const { engine } = maintained({ keys: 40, pool: enabled })
    await pass(engine, 30 * minute)
    expect(engine.views.pool()).toMatchObject({
      current_size: 5,
      stats: { maintenance_count: 1 },
    })
  })

  test('proves an expired member again, with a fresh life', async () => {
    const { engine, probed } = maintained({
      keys: 1,
      pool: { ...enabled, ttlMs: hour, maintenanceIntervalMs: 0 },
    })
    engine.meet('answered')
    await drain()
    probed.length = 0
    await pass(engine, hour)
    engine.meet('answered')
    await drain()
    expect(probed).toEqual([1])
    expect(engine.views.pool().current_size).toBe(1)
  })

  test('counts what the probes found', async () => {
    const { engine, checks } = maintained({
      keys: 40,
      pool: enabled,
      probe: (key) => (key % 2 === 0 ? good : bad('upstream-failed')),
    })
    await checks.maintainer.preload()
    const { stats, verification_success_rate: rate } = engine.views.pool()
    expect(stats.successful_verifications + stats.verification_failures).toBe(
      stats.total_verifications,
    )
    expect(rate).toBeCloseTo(stats.successful_verifications / stats.total_verifications)
  })
})

describe('checking keys', () => {
  test('brings back a key that was invalid, once a day', async () => {
    const { engine, probed } = maintained({
      keys: 2,
      before: ({ meet }) => meet('key-invalid'),
    })
    for (let hours = 0; hours < 23; hours += 1) await pass(engine, hour)
    expect(probed).toEqual([])
    for (let hours = 0; hours < 4; hours += 1) await pass(engine, hour)
    expect(probed).toEqual([1])
    expect((await engine.views.counts()).keys).toMatchObject({ active: 2, dead: 0 })
  })

  test('leaves a key dead that is still invalid, and asks again a day later', async () => {
    const { engine, probed } = maintained({
      keys: 9,
      probe: () => bad('key-invalid'),
      before({ meet, clock }) {
        for (let time = 0; time < 8; time += 1) {
          meet('key-invalid')
          clock.advance(minute)
        }
      },
    })
    for (let hours = 0; hours < 60; hours += 1) await pass(engine, hour)
    expect((await engine.views.counts()).keys.dead).toBe(8)
    expect(probed.length).toBe(16)
  })

  test.each(['key-leaked', 'key-blocked'] as const)(
    'never touches a key after %s',
    async (verdict) => {
      const { engine, probed } = maintained({ keys: 2, before: ({ meet }) => meet(verdict) })
      for (let days = 0; days < 5; days += 1) await pass(engine, day)
      expect(probed).toEqual([])
    },
  )

  test('asks one key of a suspended project, and opens all of them', async () => {
    const { engine, probed, checks } = maintained({ keys: 2, before: suspendProject })
    await checks.checkKeys()
    expect(probed.length).toBe(1)
    expect((await engine.views.counts()).keys.active).toBe(2)
  })

  test('asks the next key of a suspended project where one turns out to be dead', async () => {
    const probe = (key: number) => (key === 1 ? bad('key-leaked') : good)
    const { engine, probed, checks } = maintained({ keys: 2, probe, before: suspendProject })
    await checks.checkKeys()
    expect(probed).toEqual([1, 2])
    expect((await engine.views.counts()).keys).toMatchObject({ active: 1, dead: 1, suspended: 0 })
  })

  test('asks a suspected key about its suspended project all the same', async () => {
    const probe = (key: number) => (key === 1 ? bad('key-unauthenticated') : good)
    const { engine, probed, checks } = maintained({ keys: 2, probe, before: suspendProject })
    await checks.checkKeys()
    await checks.checkKeys()
    expect(probed).toEqual([1, 1, 2])
    expect((await engine.views.counts()).keys.suspended).toBe(0)
  })

  test('asks failing keys', async () => {
    const { engine, checks } = maintained({
      keys: 1,
      before({ meet }) {
        for (let time = 0; time < 3; time += 1) meet('refusal-unknown')
      },
    })
    await checks.checkKeys()
    expect((await engine.views.counts()).keys.active).toBe(1)
    expect(engine.reserve().trial).toBe(false)
  })

  test('asks few keys at once', async () => {
    const engine = createTestEngine({
      keys: 30,
      policy: { checks: { concurrency: 3 }, failures: { max: 1 } },
    })
    for (let key = 0; key < 30; key += 1) engine.meet('refusal-unknown')
    let out = 0
    let most = 0
    const checks = engine.startChecks(async () => {
      out += 1
      most = Math.max(most, out)
      await Promise.resolve()
      out -= 1
      return good
    })
    await checks.checkKeys()
    expect(most).toBe(3)
    expect((await engine.views.counts()).keys.active).toBe(30)
  })

  test('is not done when the interval is 0', async () => {
    const { engine, probed } = maintained({
      keys: 1,
      policy: { checks: { intervalMs: 0 } },
      before: ({ meet }) => meet('key-invalid'),
    })
    for (let days = 0; days < 3; days += 1) await pass(engine, day)
    expect(probed).toEqual([])
  })

  test('survives a probe that throws, and changes nothing for one that meets a quota', async () => {
    const engine = createTestEngine({ keys: 2 })
    const checks = engine.startChecks(async (key) => {
      if (key === 1) throw new Error('no network')
      return { verdict: 'quota-unknown', status: 429 }
    })
    expect([await checks.probeKey(1), await checks.probeKey(2)]).toEqual([false, false])
    expect(await engine.views.counts()).toMatchObject({ inFlight: 0, keys: { active: 2 } })
    expect(engine.reserve().trial).toBe(false)
  })

  test('leaves no timer behind when the engine closes', () => {
    const { engine } = maintained({ keys: 2, pool: { enabled: true } })
    expect(engine.clock.timers).toBeGreaterThan(0)
    engine.close()
    expect(engine.clock.timers).toBe(0)
  })
})
