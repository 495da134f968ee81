import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { compat, mostKeys, nothing } from './shapes.ts'

/** How the Python program filtered keys. */
export const compatKeyFilter = {
  /** `valid`: active; `invalid`: all others. */
  status: compat(z.enum(['all', 'valid', 'invalid']).default('all')),
  /** At least so many failures in a row without another cause. An empty text is none. */
  fail_count_threshold: compat(
    z.preprocess(
      (value) => (value === '' ? undefined : value),
      z.coerce.number().int().min(0).optional(),
    ),
  ),
}

/** How the Python program answered a page of keys: by id, where it had values. */
export const compatKeyPage = {
  keys: compat(z.record(z.string(), z.number())),
  total_items: compat(z.number()),
  total_pages: compat(z.number()),
  current_page: compat(z.number()),
}

const time = z.string().nullable()
export const poolStatus = z.object({
  enabled: z.boolean(),
  pool_size: z.number(),
  current_size: z.number(),
  utilization: z.number(),
  ttl_hours: z.number(),
  hit_rate: z.number(),
  miss_rate: z.number(),
  verification_success_rate: z.number(),
  verification_failure_rate: z.number(),
  ttl_expiry_rate: z.number(),
  avg_key_age_seconds: z.number(),
  max_key_age_seconds: z.number(),
  min_key_age_seconds: z.number(),
  stats: z.object({
    hit_count: z.number(),
    miss_count: z.number(),
    emergency_refill_count: z.number(),
    expired_keys_removed: z.number(),
    total_verifications: z.number(),
    successful_verifications: z.number(),
    maintenance_count: z.number(),
    preload_count: z.number(),
    fallback_count: z.number(),
    verification_failures: z.number(),
    usage_exhausted_keys_removed: z.number(),
    pro_model_requests: z.number(),
    non_pro_model_requests: z.number(),
  }),
  performance_stats: z.object({
    last_hit_time: time,
    last_miss_time: time,
    last_maintenance_time: time,
    total_get_key_calls: z.number(),
    avg_verification_time: z.number(),
  }),
  stats_timestamp: z.string(),
})

/** A key by its id or its value. */
const named = z.union([z.number().int(), z.string().min(1).max(200)])
const inPath = z.object({ key: z.string().min(1).max(200) })
const someKeys = z.array(named).min(1).max(mostKeys)
const keyType = z.enum(['valid', 'invalid']).optional()
const finished = { success: z.boolean(), message: z.string() }
const resetKeys = z.object({ ...finished, reset_count: z.number() })
/** By id. */
const failures = z.record(z.string(), z.number())
const failuresByState = { valid_keys: failures, invalid_keys: failures }
const poolUse = z.object({ size: z.number(), utilization: z.number() })

/** The same list under each prefix of OpenAI clients. */
const listFailures = <P extends string>(path: P) =>
  ({
    method: 'GET',
    path,
    help: 'Failures in a row of all keys by id, active and not.',
    input: nothing,
    answer: z.object({
      status: z.literal('success'),
      data: z.object(failuresByState),
      total: z.number(),
    }),
  }) as const satisfies Endpoint

/** Paths of the Python program for keys. Answers name keys by id where it gave their values. */
export const compatKeyEndpoints = {
  getAllKeys: {
    method: 'GET',
    path: '/api/keys/all',
    help: 'The ids of all keys, active and not.',
    input: nothing,
    answer: z.object({
      valid_keys: z.array(z.number()),
      invalid_keys: z.array(z.number()),
      total_count: z.number(),
    }),
  },
  getKeysStatus: {
    method: 'GET',
    path: '/api/keys/status',
    help: 'Failures in a row of all keys by id, active and not, and the pool.',
    input: nothing,
    answer: z.object({
      keys: z.object({
        ...failuresByState,
        total_keys: z.number(),
        valid_count: z.number(),
        invalid_count: z.number(),
      }),
      pool_status: poolStatus.nullable(),
      pool_enabled: z.boolean(),
    }),
  },
  maintainPool: {
    method: 'POST',
    path: '/api/keys/pool/maintenance',
    help: 'Runs pool maintenance once.',
    input: nothing,
    answer: z.object({ ...finished, before: poolUse, after: poolUse }),
    errors: ['pool_disabled'],
  },
  deleteNamedKey: {
    method: 'DELETE',
    path: '/api/config/keys/:key',
    help: 'Deletes a key by its id or its value.',
    input: inPath,
    answer: z.object(finished),
    errors: ['not_found'],
  },
  deleteNamedKeys: {
    method: 'POST',
    path: '/api/config/keys/delete-selected',
    help: 'Deletes keys by their ids or values. The answer names unknown ones by their last four characters.',
    input: z.strictObject({ keys: someKeys }),
    answer: z.object({
      ...finished,
      deleted_count: z.number(),
      not_found_keys: z.array(z.string()),
    }),
  },
  listKeyFailures: listFailures('/v1/keys/list'),
  listKeyFailuresHf: listFailures('/hf/v1/keys/list'),
  resetAllFailures: {
    method: 'POST',
    path: '/gemini/v1beta/reset-all-fail-counts',
    help: 'Forgets the failures of all keys, or of the active ones, or of the others.',
    input: z.object({ key_type: keyType }),
    answer: resetKeys,
  },
  resetSelectedFailures: {
    method: 'POST',
    path: '/gemini/v1beta/reset-selected-fail-counts',
    help: 'Forgets the failures of some keys, by id or value.',
    input: z.object({ keys: someKeys, key_type: keyType }),
    answer: resetKeys,
  },
  resetNamedFailures: {
    method: 'POST',
    path: '/gemini/v1beta/reset-fail-count/:key',
    help: 'Forgets the failures of a key, by id or value.',
    input: inPath,
    answer: z.object(finished),
    errors: ['not_found'],
  },
  verifyNamedKey: {
    method: 'POST',
    path: '/gemini/v1beta/verify-key/:key',
    help: 'Tries one key at Google, by id or value.',
    input: inPath,
    answer: z.object({ status: z.enum(['valid', 'invalid']), error: z.string().optional() }),
    errors: ['not_found'],
  },
  verifySelectedKeys: {
    method: 'POST',
    path: '/gemini/v1beta/verify-selected-keys',
    help: 'Tries up to 500 keys at Google, by id or value. For more, use /api/keys/verify.',
    input: z.object({ keys: z.array(named).min(1).max(500) }),
    answer: z.object({
      ...finished,
      successful_keys: z.array(z.string()),
      failed_keys: z.record(
        z.string(),
        z.object({ error_message: z.string(), error_code: z.number().optional() }),
      ),
      valid_count: z.number(),
      invalid_count: z.number(),
    }),
  },
  tryKeys: {
    method: 'POST',
    path: '/v1beta/batch-verify-stateless',
    help: 'Tries up to 500 keys at Google, by value. They need not be stored, and no state changes.',
    input: z.object({ keys: z.array(z.string().min(1).max(200)).min(1).max(500) }),
    answer: z.object({
      successful_keys: z.array(z.string()),
      failed_keys: z.record(z.string(), z.string()),
      valid_count: z.number(),
      invalid_count: z.number(),
    }),
  },
} as const satisfies Record<string, Endpoint>
