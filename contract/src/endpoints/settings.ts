import { z } from 'zod'
import { laterRows, name, nothing, page, row, type Endpoint } from './endpoint.ts'

const settingShown = z.object({
  name: z.string(),
  group: z.string(),
  help: z.string(),
  live: z.boolean(),
  secret: z.boolean(),
  /** Where the value comes from: `environment` also when it was stored at an earlier start. */
  origin: z.enum(['default', 'environment', 'database']),
  /** Secrets show how each of them ends. */
  value: z.unknown(),
})
export type SettingShown = z.infer<typeof settingShown>

const configShown = z.object({ settings: z.array(settingShown) })

const mostProxies = 1000
const proxyNamed = z.string().min(1).max(2000)
const proxyChecked = z.object({
  /** As it was sent. */
  proxy: z.string(),
  is_available: z.boolean(),
  response_time: z.number().nullable(),
  error_message: z.string().nullable(),
  /** Seconds since the epoch. */
  checked_at: z.number(),
})
export type ProxyChecked = z.infer<typeof proxyChecked>

/** Settings, and who changed them. */
export const configEndpoints = {
  getConfig: {
    method: 'GET',
    path: '/api/config',
    help: 'Every setting with its value and where that comes from.',
    input: nothing,
    answer: configShown,
  },
  putConfig: {
    method: 'PUT',
    path: '/api/config',
    help: 'Changes the settings named in the body, all or none. API_KEYS makes the keys equal to the list; secrets sent as they were shown stay.',
    input: z.record(z.string(), z.unknown()),
    answer: configShown,
  },
  resetConfig: {
    method: 'POST',
    path: '/api/config/reset',
    help: 'Gives the settings named, or all, the value of the environment or the default. Keys are left alone.',
    input: z.strictObject({ names: z.array(z.string().min(1)).min(1).max(200).optional() }),
    answer: configShown,
  },
  getConfigSchema: {
    method: 'GET',
    path: '/api/config/schema',
    help: 'JSON Schema of the settings that can be changed while running.',
    input: nothing,
    answer: z.object({ schema: row }),
  },
  getProxies: {
    method: 'GET',
    path: '/api/proxies',
    help: 'The proxies in use, which of them work, and when one that failed is tried again. Never a password.',
    input: nothing,
    answer: z.object({
      rows: z.array(
        z.object({
          proxy: z.string(),
          state: z.enum(['up', 'down']),
          until: z.number().optional(),
          failures: z.number(),
          answers: z.number(),
          message: z.string().optional(),
        }),
      ),
    }),
  },
  checkProxy: {
    method: 'POST',
    path: '/api/config/proxy/check',
    help: 'Whether Google answers through a proxy: one of PROXIES as it is shown, or any other. Seconds; a result is kept for ten of them.',
    input: z.strictObject({ proxy: proxyNamed, use_cache: z.boolean().default(true) }),
    answer: proxyChecked,
  },
  checkProxies: {
    method: 'POST',
    path: '/api/config/proxy/check-all',
    help: 'The same for many.',
    input: z.strictObject({
      proxies: z.array(proxyNamed).max(mostProxies),
      use_cache: z.boolean().default(true),
      max_concurrent: z.number().int().min(1).max(10).default(5),
    }),
    answer: z.array(proxyChecked),
  },
  getProxyChecks: {
    method: 'GET',
    path: '/api/config/proxy/cache-stats',
    help: 'How many results of checks are kept.',
    input: nothing,
    answer: z.object({
      total_cached: z.number(),
      valid_cached: z.number(),
      expired_cached: z.number(),
    }),
  },
  forgetProxyChecks: {
    method: 'POST',
    path: '/api/config/proxy/clear-cache',
    help: 'Forgets the results of checks.',
    input: nothing,
    answer: z.object({ success: z.boolean(), message: z.string() }),
  },
  getAudit: {
    method: 'GET',
    path: '/api/audit',
    help: 'Who changed what, and who asked for secrets, newest first.',
    input: z.object({
      limit: page.limit,
      before: z.coerce.number().int().optional(),
      action: name,
    }),
    answer: laterRows,
  },
} as const satisfies Record<string, Endpoint>
