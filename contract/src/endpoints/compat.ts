import { z } from 'zod'
import { attemptView, keyName } from './attempts.ts'
import { compatErrorEndpoints } from './compat-errors.ts'
import { compatKeyEndpoints } from './compat-keys.ts'
import type { Endpoint } from './endpoint.ts'
import { adminToken } from './sessions.ts'
import { laterRows, nothing, pageSize, rowId, type View } from './shapes.ts'
import { period } from './stats.ts'

const proxyName = z.string().min(1).max(2000)
const checkedProxy = z.object({
  /** As it was sent. */
  proxy: z.string(),
  is_available: z.boolean(),
  response_time: z.number().nullable(),
  error_message: z.string().nullable(),
  /** Seconds since the epoch. */
  checked_at: z.number(),
})
export type CheckedProxy = View<typeof checkedProxy>

const proxyChecks = {
  checkProxy: {
    method: 'POST',
    path: '/api/config/proxy/check',
    help: 'Whether Google answers through a proxy, one of PROXIES or another. Results are kept for ten seconds.',
    input: z.strictObject({ proxy: proxyName, use_cache: z.boolean().default(true) }),
    answer: checkedProxy,
  },
  checkProxies: {
    method: 'POST',
    path: '/api/config/proxy/check-all',
    help: 'Whether Google answers through each of many proxies.',
    input: z.strictObject({
      proxies: z.array(proxyName).max(1000),
      use_cache: z.boolean().default(true),
      max_concurrent: z.number().int().min(1).max(10).default(5),
    }),
    answer: z.array(checkedProxy),
  },
  countProxyChecks: {
    method: 'GET',
    path: '/api/config/proxy/cache-stats',
    help: 'How many results of proxy checks are kept.',
    input: nothing,
    answer: z.object({
      total_cached: z.number(),
      valid_cached: z.number(),
      expired_cached: z.number(),
    }),
  },
  clearProxyChecks: {
    method: 'POST',
    path: '/api/config/proxy/clear-cache',
    help: 'Deletes the kept results of proxy checks.',
    input: nothing,
    answer: z.object({ success: z.boolean(), message: z.string() }),
  },
} as const satisfies Record<string, Endpoint>

const stats = {
  listAttentionKeys: {
    method: 'GET',
    path: '/api/stats/attention-keys',
    help: 'The keys that got a status most often in the last 24 hours. Deleted keys are left out.',
    input: z.object({
      limit: pageSize.default(20),
      status_code: z.coerce.number().int().min(0).max(999).default(429),
    }),
    answer: z.object({
      keys: z.array(
        z.object({
          key_id: z.number(),
          key: z.string(),
          count: z.number(),
          status_code: z.number(),
        }),
      ),
    }),
  },
  listAttemptsOfPeriod: {
    method: 'GET',
    path: '/api/stats/details',
    help: 'The attempts of a period, the last written first.',
    input: z.object({
      period: period.default('1h'),
      limit: pageSize.default(100),
      before: rowId.optional(),
    }),
    answer: laterRows(attemptView),
  },
  listAttemptsOfKey: {
    method: 'GET',
    path: '/api/stats/key-details',
    help: 'The attempts of one key in a period, the last written first.',
    input: z.object({
      key: keyName,
      period: period.default('24h'),
      limit: pageSize.default(100),
      before: rowId.optional(),
    }),
    answer: laterRows(attemptView),
  },
  getKeyUsage: {
    method: 'GET',
    path: '/api/key-usage-details/:key',
    help: 'Attempts of one key in the last 24 hours by model, the most first.',
    input: z.object({ key: keyName }),
    answer: z.record(z.string(), z.number()),
    errors: ['not_found'],
  },
} as const satisfies Record<string, Endpoint>

const model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.number(),
  owned_by: z.literal('google'),
  permission: z.tuple([]).readonly(),
  root: z.string(),
  parent: z.null(),
})

/** Every path of the Python program that we keep, with its bodies and answers. */
export const compatEndpoints = {
  ...compatKeyEndpoints,
  ...compatErrorEndpoints,
  ...proxyChecks,
  ...stats,
  loginForm: {
    method: 'POST',
    path: '/auth',
    help: 'Logs in with the form field auth_token. Redirects to /keys with a cookie, or to /?login=wrong or /?login=wait.',
    input: z.object({ auth_token: adminToken.default('') }),
    answer: nothing,
    isPublic: true,
    isRaw: true,
  },
  getVersion: {
    method: 'GET',
    path: '/api/version/check',
    help: 'The version of the gateway. latest_version is always null: the gateway looks for no newer one.',
    input: nothing,
    answer: z.object({
      current_version: z.string(),
      latest_version: z.string().nullable(),
      update_available: z.boolean(),
      error_message: z.string().nullable(),
    }),
    isPublic: true,
  },
  listUiModels: {
    method: 'GET',
    path: '/api/config/ui/models',
    help: 'The models that OpenAI clients see, for forms.',
    input: nothing,
    answer: z.object({
      object: z.literal('list'),
      success: z.literal(true),
      data: z.array(model).readonly(),
    }),
    errors: ['models_unavailable'],
  },
  startScheduler: {
    method: 'POST',
    path: '/api/scheduler/start',
    help: 'Gone: CHECK_INTERVAL_HOURS and POOL_MAINTENANCE_INTERVAL_MINUTES start background checks.',
    input: nothing,
    answer: z.never(),
    errors: ['gone'],
  },
  stopScheduler: {
    method: 'POST',
    path: '/api/scheduler/stop',
    help: 'Gone: set CHECK_INTERVAL_HOURS and POOL_MAINTENANCE_INTERVAL_MINUTES to 0 to stop background checks.',
    input: nothing,
    answer: z.never(),
    errors: ['gone'],
  },
} as const satisfies Record<string, Endpoint>
