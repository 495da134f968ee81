import type { PoolPolicy } from '../policy.ts'
import type { Pool, PoolCounts } from './pool.ts'

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)
const isoTime = (at: number): string | null => (at > 0 ? new Date(at).toISOString() : null)

type Moment = { readonly policy: PoolPolicy; readonly now: number }

/** The pool under the names of the Python program's status page. */
export function poolStatus(pool: Pool, { policy, now }: Moment) {
  const { counts } = pool
  const ages = [...pool.members()].map(({ since }) => (now - since) / 1000)
  const total = ages.reduce((sum, age) => sum + age, 0)
  return {
    enabled: policy.enabled,
    pool_size: policy.size,
    current_size: pool.size,
    utilization: share(pool.size, policy.size),
    ttl_hours: policy.ttlMs / 3_600_000,
    hit_rate: share(counts.hits, counts.hits + counts.misses),
    miss_rate: share(counts.misses, counts.hits + counts.misses),
    verification_success_rate: share(counts.verified, counts.verifications),
    verification_failure_rate: share(counts.verificationFailures, counts.verifications),
    ttl_expiry_rate: share(counts.expired, counts.expired + counts.hits),
    avg_key_age_seconds: share(total, ages.length),
    max_key_age_seconds: ages.length > 0 ? Math.max(...ages) : 0,
    min_key_age_seconds: ages.length > 0 ? Math.min(...ages) : 0,
    stats: statsOf(counts),
    performance_stats: {
      last_hit_time: isoTime(counts.lastHitAt),
      last_miss_time: isoTime(counts.lastMissAt),
      last_maintenance_time: isoTime(counts.lastMaintenanceAt),
      total_get_key_calls: counts.lookups,
      avg_verification_time: share(counts.verificationMs / 1000, counts.verifications),
    },
    stats_timestamp: new Date(now).toISOString(),
  }
}

function statsOf(counts: PoolCounts) {
  return {
    hit_count: counts.hits,
    miss_count: counts.misses,
    emergency_refill_count: counts.emergencyRefills,
    expired_keys_removed: counts.expired,
    total_verifications: counts.verifications,
    successful_verifications: counts.verified,
    maintenance_count: counts.maintenances,
    preload_count: counts.preloads,
    fallback_count: counts.fallbacks,
    verification_failures: counts.verificationFailures,
    usage_exhausted_keys_removed: counts.usageExhausted,
    pro_model_requests: counts.proRequests,
    non_pro_model_requests: counts.nonProRequests,
  }
}
