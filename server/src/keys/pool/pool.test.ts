import { describe, expect, test } from 'vitest'

import type { PoolPolicy } from '../policy.ts'
import { defaultKeyPolicy } from '../policy.ts'
import { maintenanceGoal, refillChance } from './pool-maintainer.ts'
import { createBench, flash, hour, minute, perDay, type Bench } from '../testing/engine-bench.ts'

const pool = (change: Partial<PoolPolicy> = {}): PoolPolicy => ({
  ...defaultKeyPolicy.pool,
  ...change,
})
/** One place fewer than keys: a pool with a place for everybody prefers nobody. */
const pooled = (keys: number, change: Partial<PoolPolicy> = {}): Bench =>
  createBench({ keys, policy: { pool: pool({ size: keys - 1, ...change }) } })

describe('the pool', () => {
  test('takes in a key that answered, and asks it before keys that have not', () => {
    const bench = pooled(5)
    bench.meet('answered')
    expect(bench.meet('answered')).toMatchObject({ key: 1, choice: 'pool' })
  })

  test('prefers nobody when it has a place for every key: turns follow what is left of each lane', () => {
    const bench = pooled(3, { size: 3 })
    bench.meet('answered')
    expect(bench.meet('answered').key).not.toBe(1)
  })

  test('lets its members take turns', () => {
    const bench = pooled(4)
    for (const tried of [[], [1], [1, 2]])
      bench.meet('answered', { wanted: { tried: new Set(tried) } })
    const turns = Array.from({ length: 6 }, () => bench.meet('answered').key)
    expect(turns.slice(0, 3).toSorted((a, b) => a - b)).toEqual([1, 2, 3])
    expect(turns.slice(3)).toEqual(turns.slice(0, 3))
  })

  test('gives a rest to a member that served its share, and lets others in', () => {
    const bench = pooled(2, { nonProMaxUsage: 3 })
    const served = Array.from({ length: 8 }, () => bench.meet('answered').key)
    expect(served).toEqual([1, 1, 1, 1, 2, 2, 2, 2])
    expect(bench.engine.views.pool().stats.usage_exhausted_keys_removed).toBe(2)
  })

  test('gives a rest sooner to a member that served a pro model', () => {
    const bench = pooled(2, { nonProMaxUsage: 20, proMaxUsage: 2 })
    const wanted = { lane: 'gemini-2.5-pro' }
    for (let time = 0; time < 3; time += 1) bench.meet('answered', { wanted })
    expect(bench.meet('answered', { wanted }).key).toBe(2)
    expect(bench.engine.views.pool().stats).toMatchObject({ pro_model_requests: 4 })
  })

  test('has no cap on usage when it is 0', () => {
    const bench = pooled(2, { nonProMaxUsage: 0 })
    const served = Array.from({ length: 100 }, () => bench.meet('answered').key)
    expect(new Set(served)).toEqual(new Set([1]))
  })

  test('keeps serving from outside while a member rests: nothing is lost', () => {
    const bench = pooled(1, { nonProMaxUsage: 1 })
    for (let time = 0; time < 10; time += 1) expect(bench.meet('answered').key).toBe(1)
  })

  test('lets a member go when it has grown old, unless it has answered since', () => {
    const bench = pooled(2, { ttlMs: hour })
    bench.meet('answered')
    bench.clock.advance(50 * minute)
    bench.meet('answered')
    bench.clock.advance(50 * minute)
    expect(bench.meet('answered').choice).toBe('pool')
    // Chance that never strikes is the shortest life: a tenth less.
    bench.clock.advance(54 * minute)
    expect(bench.wanted().choice).toBe('least-recently-used')
    expect(bench.engine.views.pool().stats.expired_keys_removed).toBe(1)
  })

  test('never grows over its size', () => {
    const bench = pooled(5, { size: 2 })
    const tried = new Set<number>()
    for (let time = 0; time < 5; time += 1)
      tried.add(bench.meet('answered', { wanted: { tried } }).key)
    expect(bench.engine.views.pool().current_size).toBe(2)
  })

  test.each(['key-leaked', 'key-invalid', 'timed-out', 'upstream-failed'] as const)(
    'is left at once on %s',
    (verdict) => {
      const bench = pooled(2)
      bench.meet('answered')
      bench.meet(verdict)
      expect(bench.engine.views.pool().current_size).toBe(0)
    },
  )

  test('is left at once by a key that is disabled or removed', () => {
    const bench = pooled(2)
    bench.meet('answered')
    bench.engine.control.disable(1)
    expect(bench.engine.views.pool().current_size).toBe(0)
    bench.meet('answered')
    bench.engine.control.removeKeys([2])
    expect(bench.engine.views.pool().current_size).toBe(0)
  })

  test('is a preference only: a member without room yields to any key that has', () => {
    const bench = pooled(3)
    bench.meet('answered')
    bench.meet('quota-spent', { violations: [perDay(20)] })
    expect(bench.meet('answered')).toMatchObject({ key: 2, choice: 'least-recently-used' })
    expect(bench.engine.views.pool().current_size).toBe(2)
    expect(bench.wanted({ lane: 'gemini-other' })).toMatchObject({ choice: 'pool' })
  })

  test('does not go over priority', () => {
    const bench = createBench({ keys: [{}, { priority: 1 }], policy: { pool: pool() } })
    bench.meet('answered', { wanted: { tried: new Set([2]) } })
    expect(bench.wanted().key).toBe(2)
  })

  test('keeps its members when settings change, and drops those that no longer fit', async () => {
    const bench = pooled(3)
    const upkeep = bench.engine.startChecks(async () => ({ verdict: 'answered', status: 200 }))
    const tried = new Set<number>()
    for (let time = 0; time < 3; time += 1)
      tried.add(bench.meet('answered', { wanted: { tried } }).key)
    bench.setPolicy({ pool: pool({ size: 2, minThreshold: 1 }) })
    await upkeep.keeper.maintain()
    expect(bench.engine.views.pool()).toMatchObject({ current_size: 2, pool_size: 2 })
    bench.engine.close()
  })

  test('that is switched off is not asked and takes nobody in', () => {
    const bench = pooled(2, { enabled: false })
    bench.meet('answered')
    expect(bench.meet('answered').choice).toBe('least-recently-used')
    expect(bench.engine.views.pool()).toMatchObject({ current_size: 0, enabled: false })
  })

  test('tells all that the original told of it', () => {
    const bench = pooled(60, { size: 50 })
    bench.meet('answered')
    bench.clock.advance(10_000)
    bench.meet('answered')
    expect(bench.engine.views.pool()).toEqual({
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
        last_hit_time: new Date(bench.clock.now()).toISOString(),
        last_miss_time: new Date(bench.clock.now() - 10_000).toISOString(),
        last_maintenance_time: null,
        total_get_key_calls: 2,
        avg_verification_time: 0,
      },
      stats_timestamp: new Date(bench.clock.now()).toISOString(),
    })
  })
})

test('the chance of making up for a loss falls as the pool fills', () => {
  const sizes = [9, 12, 17, 25, 45, 50]
  expect(sizes.map((size) => refillChance(size, pool()))).toEqual([0.9, 0.7, 0.5, 0.3, 0.1, 0])
})

test('maintenance adds five, three or two, and never more than there is room for', () => {
  expect([5, 20, 40, 49, 50].map((size) => maintenanceGoal(size, pool()))).toEqual([5, 3, 2, 1, 0])
})

test('a miss with an empty pool answers at once', () => {
  const bench = pooled(2)
  expect(bench.wanted({ lane: flash }).choice).toBe('least-recently-used')
})
