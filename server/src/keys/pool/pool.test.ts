import { describe, expect, test } from 'vitest'

import type { PoolPolicy } from '../policy.ts'
import { defaultKeyPolicy } from '../policy.ts'
import { maintenanceGoal, refillChance } from './pool-maintainer.ts'
import {
  createTestEngine,
  flash,
  hour,
  minute,
  perDay,
  type TestEngine,
} from '../testing/test-engine.ts'

const pool = (change: Partial<PoolPolicy> = {}): PoolPolicy => ({
  ...defaultKeyPolicy.pool,
  ...change,
})
/** One place fewer than keys: a pool with a place for every key prefers none. */
const pooled = (keys: number, change: Partial<PoolPolicy> = {}): TestEngine =>
  createTestEngine({ keys, policy: { pool: pool({ size: keys - 1, ...change }) } })

describe('the pool', () => {
  test('takes in a key that answered, and asks it before keys that have not', () => {
    const engine = pooled(5)
    engine.meet('answered')
    expect(engine.meet('answered')).toMatchObject({ key: 1, choice: 'pool' })
  })

  test('prefers no key when it has a place for every key: turns follow what is left of each lane', () => {
    const engine = pooled(3, { size: 3 })
    engine.meet('answered')
    expect(engine.meet('answered').key).not.toBe(1)
  })

  test('lets its members take turns', () => {
    const engine = pooled(4)
    for (const tried of [[], [1], [1, 2]])
      engine.meet('answered', { wanted: { tried: new Set(tried) } })
    const turns = Array.from({ length: 6 }, () => engine.meet('answered').key)
    expect(turns.slice(0, 3).toSorted((a, b) => a - b)).toEqual([1, 2, 3])
    expect(turns.slice(3)).toEqual(turns.slice(0, 3))
  })

  test.each(['quota-spent', 'quota-zero', 'quota-unknown', 'model-closed'] as const)(
    'shares another model among the keys that answered and one with %s for this model',
    (verdict) => {
      const engine = pooled(3)
      engine.meet(verdict, { violations: [perDay(verdict === 'quota-zero' ? 0 : 20)] })
      engine.meet('answered')
      const wanted = { lane: 'gemini-other' }
      const served = Array.from({ length: 20 }, () => engine.meet('answered', { wanted }).key)
      expect(served.filter((key) => key === 1)).toHaveLength(10)
      expect(served.filter((key) => key === 2)).toHaveLength(10)
    },
  )

  test('drops a member that served its share, and lets others in', () => {
    const engine = pooled(2, { nonProMaxUsage: 3 })
    const served = Array.from({ length: 8 }, () => engine.meet('answered').key)
    expect(served).toEqual([1, 1, 1, 1, 2, 2, 2, 2])
    expect(engine.views.pool().stats.usage_exhausted_keys_removed).toBe(2)
  })

  test('drops a member sooner that served a pro model', () => {
    const engine = pooled(2, { nonProMaxUsage: 20, proMaxUsage: 2 })
    const wanted = { lane: 'gemini-2.5-pro' }
    for (let time = 0; time < 3; time += 1) engine.meet('answered', { wanted })
    expect(engine.meet('answered', { wanted }).key).toBe(2)
    expect(engine.views.pool().stats).toMatchObject({ pro_model_requests: 4 })
  })

  test('has no cap on usage when it is 0', () => {
    const engine = pooled(2, { nonProMaxUsage: 0 })
    const served = Array.from({ length: 100 }, () => engine.meet('answered').key)
    expect(new Set(served)).toEqual(new Set([1]))
  })

  test('a used-up member keeps serving from outside the pool', () => {
    const engine = pooled(1, { nonProMaxUsage: 1 })
    for (let time = 0; time < 10; time += 1) expect(engine.meet('answered').key).toBe(1)
  })

  test('lets a member go when it has grown old, unless it has answered since', () => {
    const engine = pooled(2, { ttlMs: hour })
    engine.meet('answered')
    engine.clock.advance(50 * minute)
    engine.meet('answered')
    engine.clock.advance(50 * minute)
    expect(engine.meet('answered').choice).toBe('pool')
    // Without chance the time to live is the shortest: a tenth less.
    engine.clock.advance(54 * minute)
    expect(engine.reserve().choice).toBe('least-recently-used')
    expect(engine.views.pool().stats.expired_keys_removed).toBe(1)
  })

  test('never grows over its size', () => {
    const engine = pooled(5, { size: 2 })
    const tried = new Set<number>()
    for (let time = 0; time < 5; time += 1)
      tried.add(engine.meet('answered', { wanted: { tried } }).key)
    expect(engine.views.pool().current_size).toBe(2)
  })

  test.each(['key-leaked', 'key-invalid', 'timed-out', 'upstream-failed'] as const)(
    'is left at once on %s',
    (verdict) => {
      const engine = pooled(2)
      engine.meet('answered')
      engine.meet(verdict)
      expect(engine.views.pool().current_size).toBe(0)
    },
  )

  test('is left at once by a key that is disabled or removed', () => {
    const engine = pooled(2)
    engine.meet('answered')
    engine.control.disable(1)
    expect(engine.views.pool().current_size).toBe(0)
    engine.meet('answered')
    engine.control.removeKeys([2])
    expect(engine.views.pool().current_size).toBe(0)
  })

  test('is a preference only: a full member yields to any key that is not', () => {
    const engine = pooled(3)
    engine.meet('answered')
    engine.meet('quota-spent', { violations: [perDay(20)] })
    expect(engine.meet('answered')).toMatchObject({ key: 2, choice: 'least-recently-used' })
    expect(engine.views.pool().current_size).toBe(2)
    expect(engine.reserve({ lane: 'gemini-other' })).toMatchObject({ choice: 'pool' })
  })

  test('does not go over priority', () => {
    const engine = createTestEngine({ keys: [{}, { priority: 1 }], policy: { pool: pool() } })
    engine.meet('answered', { wanted: { tried: new Set([2]) } })
    expect(engine.reserve().key).toBe(2)
  })

  test('keeps its members when settings change, and drops those that no longer fit', async () => {
    const engine = pooled(3)
    const checks = engine.startChecks(async () => ({ verdict: 'answered', status: 200 }))
    const tried = new Set<number>()
    for (let time = 0; time < 3; time += 1)
      tried.add(engine.meet('answered', { wanted: { tried } }).key)
    engine.setPolicy({ pool: pool({ size: 2, minThreshold: 1 }) })
    await checks.maintainer.maintain()
    expect(engine.views.pool()).toMatchObject({ current_size: 2, pool_size: 2 })
    engine.close()
  })

  test('that is switched off gives no key and takes none in', () => {
    const engine = pooled(2, { enabled: false })
    engine.meet('answered')
    expect(engine.meet('answered').choice).toBe('least-recently-used')
    expect(engine.views.pool()).toMatchObject({ current_size: 0, enabled: false })
  })

  test('reports all figures of the Python program', () => {
    const engine = pooled(60, { size: 50 })
    engine.meet('answered')
    engine.clock.advance(10_000)
    engine.meet('answered')
    expect(engine.views.pool()).toEqual({
      enabled: true,
      pool_size: 50,
      current_size: 1,
      utilization: 0.02,
      ttl_hours: 2,
      hit_rate: 0.5,
      miss_rate: 0.5,
      verification_success_rate: 0,
      verification_failure_rate: 0,
      ttl_expiry_rate: 0,
      avg_key_age_seconds: 10,
      max_key_age_seconds: 10,
      min_key_age_seconds: 10,
      stats: {
        hit_count: 1,
        miss_count: 1,
        emergency_refill_count: 0,
        expired_keys_removed: 0,
        total_verifications: 0,
        successful_verifications: 0,
        maintenance_count: 0,
        preload_count: 0,
        fallback_count: 1,
        verification_failures: 0,
        usage_exhausted_keys_removed: 0,
        pro_model_requests: 0,
        non_pro_model_requests: 2,
      },
      performance_stats: {
        last_hit_time: new Date(engine.clock.now()).toISOString(),
        last_miss_time: new Date(engine.clock.now() - 10_000).toISOString(),
        last_maintenance_time: null,
        total_get_key_calls: 2,
        avg_verification_time: 0,
      },
      stats_timestamp: new Date(engine.clock.now()).toISOString(),
    })
  })
})

test('the chance of replacing a lost member falls as the pool fills', () => {
  const sizes = [9, 12, 17, 25, 45, 50]
  expect(sizes.map((size) => refillChance(size, pool()))).toEqual([0.9, 0.7, 0.5, 0.3, 0.1, 0])
})

test('maintenance adds five, three or two, and never more than there is room for', () => {
  expect([5, 20, 40, 49, 50].map((size) => maintenanceGoal(size, pool()))).toEqual([5, 3, 2, 1, 0])
})

test('a miss with an empty pool answers at once', () => {
  const engine = pooled(2)
  expect(engine.reserve({ lane: flash }).choice).toBe('least-recently-used')
})
