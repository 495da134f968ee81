import type { Settings } from '@gemini-balance/contract'
import { defaultKeyPolicy, type KeyPolicy } from '../keys/policy.ts'

const hourMs = 3_600_000

/** The engine's numbers: what the settings say, and for the rest what the engine goes by itself. */
export function keyPolicyOf(settings: Settings): KeyPolicy {
  return {
    ...defaultKeyPolicy,
    maxFailures: settings.maxFailures,
    checkIntervalMs: settings.checkIntervalHours * hourMs,
    pool: {
      ...defaultKeyPolicy.pool,
      enabled: settings.poolEnabled,
      size: settings.poolSize,
      ttlMs: settings.keyTtlHours * hourMs,
      minThreshold: settings.poolMinThreshold,
      emergencyRefillCount: settings.emergencyRefillCount,
      maintenanceIntervalMs: settings.poolMaintenanceIntervalMinutes * 60_000,
      proModels: settings.proModels,
      proMaxUsage: settings.proModelMaxUsage,
      nonProMaxUsage: settings.nonProModelMaxUsage,
    },
  }
}
