import type { PoolPolicy } from '../policy.ts'
import type { Pool } from './pool.ts'
import type { KeyId } from '../types.ts'
import type { Clock, Random } from '../../runtime/time/clock.ts'
import type { Prober } from '../checks/prober.ts'

type Deps = {
  readonly pool: Pool
  readonly policy: () => PoolPolicy
  readonly clock: Clock
  readonly random: Random
  readonly prober: Prober
  /** Usable keys outside the pool, picked at random. */
  readonly candidates: (count: number) => KeyId[]
}

/** Fills the pool by probes in the background. Answers to clients fill it too, at no cost. */
export type PoolMaintainer = {
  /** Fills half of the pool: at start and after the settings changed. */
  preload(): Promise<void>
  /** On schedule and by button. */
  maintain(): Promise<void>
  /** A member left. */
  lost(loss: { readonly why: 'expired' | 'used-up' | 'missed'; readonly key?: KeyId }): void
  close(): void
}

const preloadBatch = 10
const pauseMs = 15_000
/** Refilling gives up after so many rounds in a row without a good key. */
const fruitlessRounds = 3

export function createPoolMaintainer(deps: Deps): PoolMaintainer {
  const { pool, policy, clock, random, prober } = deps
  const cancels = new Set<() => void>()
  let refilling = false
  const closing = new AbortController()
  const isClosed = () => closing.signal.aborted

  const pause = (forMs: number) =>
    new Promise<void>((resolve) => {
      const done = () => {
        cancels.delete(done)
        cancel()
        resolve()
      }
      const cancel = clock.at(clock.now() + forMs, done)
      cancels.add(done)
    })

  async function probeSome(count: number): Promise<{ tried: number; good: number }> {
    const room = Math.max(0, policy().size - pool.size)
    const chosen = deps.candidates(Math.min(count, room))
    const results = await Promise.all(chosen.map((key) => prober(key)))
    const joined = chosen.filter((key, index) => results[index] && pool.has(key))
    return { tried: chosen.length, good: joined.length }
  }

  async function refill(): Promise<void> {
    if (refilling || isClosed()) return
    refilling = true
    pool.counts.emergencyRefills += 1
    for (let fruitless = 0; !isClosed() && fruitless < fruitlessRounds;) {
      const { minThreshold, emergencyRefillCount, size } = policy()
      const missing = Math.min(minThreshold, size) - pool.size
      if (missing <= 0) break
      const { tried, good } = await probeSome(Math.min(emergencyRefillCount, missing))
      if (tried === 0) break
      fruitless = good > 0 ? 0 : fruitless + 1
      if (good === 0 && fruitless < fruitlessRounds) await pause(pauseMs)
    }
    refilling = false
  }

  async function maintain(): Promise<void> {
    pool.counts.maintenances += 1
    pool.counts.lastMaintenanceAt = clock.now()
    pool.tidy()
    const goal = maintenanceGoal(pool.size, policy())
    for (let tries = 3 * goal, added = 0; tries > 0 && added < goal && !isClosed(); tries -= 1) {
      const { tried, good } = await probeSome(1)
      if (tried === 0) break
      added += good
    }
  }

  async function preload(): Promise<void> {
    const target = Math.max(1, Math.floor(policy().size / 2))
    pool.counts.preloads += 1
    while (!isClosed() && policy().enabled && pool.size < target) {
      const { good } = await probeSome(Math.min(preloadBatch, target - pool.size))
      if (good === 0) break
    }
    if (policy().enabled && pool.size < policy().minThreshold) await refill()
  }

  return {
    preload,
    maintain,
    lost({ why, key }) {
      if (isClosed() || !policy().enabled) return
      if (why === 'expired' && key !== undefined) void prober(key)
      else if (pool.size < Math.floor(policy().minThreshold / 2)) void refill()
      else if (random() < refillChance(pool.size, policy())) void probeSome(1)
    },
    close() {
      closing.abort()
      for (const cancel of cancels) cancel()
    },
  }
}

/** How likely a lost member is replaced by a probe at once. */
export function refillChance(size: number, policy: PoolPolicy): number {
  const { size: capacity, minThreshold } = policy
  if (size >= capacity) return 0
  if (size < minThreshold) return 0.9
  if (size >= 0.8 * capacity) return 0.1
  if (size < 1.5 * minThreshold) return 0.7
  return size < 2 * minThreshold ? 0.5 : 0.3
}

/** How many keys one maintenance adds. */
export function maintenanceGoal(
  size: number,
  { size: capacity, minThreshold }: PoolPolicy,
): number {
  const free = Math.max(0, capacity - size)
  if (size < minThreshold) return Math.min(5, free)
  return Math.min(size < 0.7 * capacity ? 3 : 2, free)
}
