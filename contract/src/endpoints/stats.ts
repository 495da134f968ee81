import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { milliseconds, moment, nothing, pageSize, type View } from './shapes.ts'

const periods = ['1m', '1h', '8h', '24h', '30d'] as const
export type Period = (typeof periods)[number]
export const period = z.enum(periods)

const sums = {
  total: z.number(),
  success: z.number(),
  failure: z.number(),
  left: z.number(),
  requests: z.number(),
  promptTokens: z.number(),
  outputTokens: z.number(),
  thoughtTokens: z.number(),
  cachedTokens: z.number(),
}
const cost = {
  /** US dollars, of the models that have a price. */
  cost: z.number(),
  /** Tokens of models without a price. */
  unpricedTokens: z.number(),
}
/** Without attempts there is no cost either. */
const window = z.object({
  since: moment,
  ...sums,
  cost: cost.cost.optional(),
  unpricedTokens: cost.unpricedTokens.optional(),
})
export type StatsWindow = View<typeof window>

const bucket = z.object({ at: moment, ...sums })

const quantile = milliseconds.nullable()
const quantiles = z.object({ p50: quantile, p90: quantile, p99: quantile }).nullable()

/** The use of the gateway, in sums. */
export const statsEndpoints = {
  getStats: {
    method: 'GET',
    path: '/api/stats',
    help: 'Attempts, tokens and estimated cost of the last minute, hour and day and of this month. since is the exact start.',
    input: nothing,
    answer: z.object({
      windows: z.object({ minute: window, hour: window, day: window, month: window }),
    }),
  },
  getSeries: {
    method: 'GET',
    path: '/api/stats/series',
    help: 'Attempts and tokens by minute (1h), ten minutes (8h), hour (24h) or day (30d).',
    input: z.object({ period: period.default('1h') }),
    answer: z.object({ buckets: z.array(bucket) }),
  },
  getUsageBy: {
    method: 'GET',
    path: '/api/stats/by',
    help: 'Attempts, tokens, cost and durations by model, name of the client token, dialect, method, status or verdict.',
    input: z.object({
      of: z.enum(['model', 'caller', 'dialect', 'method', 'status', 'verdict']).default('model'),
      period: period.default('24h'),
    }),
    answer: z.object({
      since: moment,
      rows: z.array(
        z.object({
          name: z.string(),
          /** Of a caller: the id of its token. */
          id: z.string().optional(),
          ...sums,
          ...cost,
          durationMs: quantiles,
          firstByteMs: quantiles,
        }),
      ),
    }),
  },
  listBusyKeys: {
    method: 'GET',
    path: '/api/stats/keys',
    help: 'The keys with the most attempts.',
    input: z.object({
      period: period.exclude(['30d']).default('24h'),
      limit: pageSize.default(20),
    }),
    answer: z.object({
      keys: z.array(
        z.object({ keyId: z.number(), keyEnd: z.string().nullable(), count: z.number() }),
      ),
    }),
  },
} as const satisfies Record<string, Endpoint>
