import { flag, listOf, numberIn, text, wholeNumberIn } from './setting-forms.ts'
import { about } from './setting-facts.ts'

const pool = about('pool')

/** The pool of keys that have answered lately. */
export const poolSettings = {
  poolEnabled: pool(
    'VALID_KEY_POOL_ENABLED',
    flag().default(true),
    'Prefer keys that have answered lately.',
  ),
  poolSize: pool('VALID_KEY_POOL_SIZE', wholeNumberIn(1, 10_000).default(50), 'Keys in the pool.'),
  keyTtlHours: pool(
    'KEY_TTL_HOURS',
    numberIn(0.01, 720).default(2),
    'Hours for which a good answer counts as proof.',
  ),
  poolMinThreshold: pool(
    'POOL_MIN_THRESHOLD',
    wholeNumberIn(1, 10_000).default(10),
    'The pool is refilled when it is smaller.',
  ),
  emergencyRefillCount: pool(
    'EMERGENCY_REFILL_COUNT',
    wholeNumberIn(1, 100).default(5),
    'Keys probed at once when the pool runs low.',
  ),
  poolMaintenanceIntervalMinutes: pool(
    'POOL_MAINTENANCE_INTERVAL_MINUTES',
    numberIn(0, 10_080).default(30),
    'Minutes between rounds of maintenance; 0 is never.',
  ),
  proModels: pool(
    'PRO_MODELS',
    listOf(text().min(1)).default([
      'gemini-2.5-pro',
      'gemini-3.1-pro-preview',
      'gemini-pro-latest',
    ]),
    'Models that count as pro.',
  ),
  proModelMaxUsage: pool(
    'PRO_MODEL_MAX_USAGE',
    wholeNumberIn(0, 1_000_000).default(5),
    'Uses by pro models after which a key leaves the pool for ten minutes; 0 is no limit.',
  ),
  nonProModelMaxUsage: pool(
    'NON_PRO_MODEL_MAX_USAGE',
    wholeNumberIn(0, 1_000_000).default(20),
    'Uses by other models after which a key leaves the pool for ten minutes; 0 is no limit.',
  ),
}
