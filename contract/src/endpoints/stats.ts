import { z } from 'zod'
import { name, nothing, row, type Endpoint } from './endpoint.ts'

const limit = z.coerce.number().int().min(1).max(1000)
const moment = z.coerce.number().int().min(0).optional()
const id = z.coerce.number().int().min(1)
/** An id, or at least four characters with which the key ends. */
const key = z.string().trim().min(1).max(200)

const periods = ['1m', '1h', '8h', '24h', '30d'] as const
export type Period = (typeof periods)[number]
const period = z.enum(periods)

const dimensions = ['model', 'caller', 'dialect', 'method', 'status', 'verdict'] as const

const errorShown = z.object({
  id: z.number(),
  key_id: z.number(),
  /** The last characters; null for a key that is gone. */
  gemini_key: z.string().nullable(),
  error_type: z.string(),
  error_code: z.number(),
  model_name: z.string(),
  request_time: z.string(),
  request_id: z.string(),
})
const errorDetails = errorShown.extend({
  error_log: z.string(),
  request_msg: z.string().nullable(),
})
const deleted = z.object({ deleted: z.number() })

const price = z.strictObject({
  model: z.string().min(1).max(200),
  /** The first moment at which it holds, in milliseconds since the epoch. */
  since: z.number().int().min(0).default(0),
  prompt: z.number().min(0),
  output: z.number().min(0),
  cached: z.number().min(0),
  source: z.string().max(300).default(''),
})
const prices = z.object({ prices: z.array(price).max(1000) })

const attemptFilter = {
  requestId: name,
  key: key.optional(),
  project: name,
  lane: name,
  model: name,
  dialect: name,
  method: name,
  caller: name,
  verdict: name,
  status: z.coerce.number().int().min(0).max(999).optional(),
  streamed: z.stringbool().optional(),
  from: moment,
  to: moment,
}
const rowsShown = z.object({ rows: z.array(row), next: z.number().optional() })

/** The request log, errors and statistics. */
export const historyEndpoints = {
  getAttempts: {
    method: 'GET',
    path: '/api/attempts',
    help: 'Attempts of the request log, the last written first, by any of their marks: how each ended, why it got its key (`choice`, `ready` of `groups` could be chosen, `trial`), and how the lane stood after it. `next` is the `before` of the page after.',
    input: z.object({ ...attemptFilter, limit: limit.default(100), before: id.optional() }),
    answer: rowsShown,
  },
  getErrors: {
    method: 'GET',
    path: '/api/logs/errors',
    help: 'Failed attempts, by key, text or type, code and time. Times without a zone are in TIMEZONE.',
    input: z.object({
      limit: limit.default(10),
      offset: z.coerce.number().int().min(0).max(100_000).default(0),
      key_search: key.optional().or(z.literal('')),
      error_search: z.string().max(200).optional(),
      error_code_search: z.coerce.number().int().optional().or(z.literal('')),
      start_date: z.string().max(40).optional(),
      end_date: z.string().max(40).optional(),
      sort_by: z.enum(['id']).default('id'),
      sort_order: z.enum(['asc', 'desc']).default('desc'),
    }),
    answer: z.object({ logs: z.array(errorShown), total: z.number() }),
  },
  lookUpError: {
    method: 'GET',
    path: '/api/logs/errors/lookup',
    help: 'The error of a key nearest to a moment, one of the status before all others.',
    input: z.object({
      gemini_key: key,
      timestamp: z.string().min(1).max(40),
      status_code: z.coerce.number().int().optional(),
      window_seconds: z.coerce.number().int().min(1).max(300).default(100),
    }),
    answer: errorDetails,
  },
  getError: {
    method: 'GET',
    path: '/api/logs/errors/:id/details',
    help: 'One error with what Google said, and what was asked if that is recorded.',
    input: z.object({ id }),
    answer: errorDetails,
  },
  deleteAllErrors: {
    method: 'DELETE',
    path: '/api/logs/errors/all',
    help: 'Deletes all errors.',
    input: nothing,
    answer: z.object({ done: z.boolean() }),
  },
  deleteErrors: {
    method: 'DELETE',
    path: '/api/logs/errors',
    help: 'Deletes the errors named in the body.',
    input: z.object({ ids: z.array(id).min(1).max(10_000) }),
    answer: deleted,
  },
  deleteError: {
    method: 'DELETE',
    path: '/api/logs/errors/:id',
    help: 'Deletes one error.',
    input: z.object({ id }),
    answer: deleted,
  },
  getStats: {
    method: 'GET',
    path: '/api/stats',
    help: 'Attempts, tokens and estimated cost since the last minute, hour, day and the beginning of the month; `since` says from when exactly.',
    input: nothing,
    answer: z.object({ windows: z.record(z.string(), row) }),
  },
  getSeries: {
    method: 'GET',
    path: '/api/stats/series',
    help: 'The same by minute (1h), ten minutes (8h), hour (24h) or day (30d).',
    input: z.object({ period: period.default('1h') }),
    answer: z.object({ buckets: z.array(row) }),
  },
  getUsageBy: {
    method: 'GET',
    path: '/api/stats/by',
    help: 'The same by model, client token, dialect, method, status or verdict, with how long answers took.',
    input: z.object({ of: z.enum(dimensions).default('model'), period: period.default('24h') }),
    answer: z.object({ since: z.number(), rows: z.array(row) }),
  },
  getBusyKeys: {
    method: 'GET',
    path: '/api/stats/keys',
    help: 'The keys with the most attempts.',
    input: z.object({ period: period.exclude(['30d']).default('24h'), limit: limit.default(20) }),
    answer: z.object({ keys: z.array(row) }),
  },
  getAttentionKeys: {
    method: 'GET',
    path: '/api/stats/attention-keys',
    help: 'The keys that met a status most in the last 24 hours, of those there still are.',
    input: z.object({
      limit: limit.default(20),
      status_code: z.coerce.number().int().min(0).max(999).default(429),
    }),
    answer: z.object({ keys: z.array(row) }),
  },
  getCallDetails: {
    method: 'GET',
    path: '/api/stats/details',
    help: 'The attempts of a period, the last written first.',
    input: z.object({
      period: period.default('1h'),
      limit: limit.default(100),
      before: id.optional(),
    }),
    answer: rowsShown,
  },
  getKeyDetails: {
    method: 'GET',
    path: '/api/stats/key-details',
    help: 'The attempts of one key in a period.',
    input: z.object({
      key,
      period: period.default('24h'),
      limit: limit.default(100),
      before: id.optional(),
    }),
    answer: rowsShown,
  },
  getKeyUsage: {
    method: 'GET',
    path: '/api/key-usage-details/:key',
    help: 'Attempts of one key in the last 24 hours by model, the most first.',
    input: z.object({ key }),
    answer: z.record(z.string(), z.number()),
  },
  getPrices: {
    method: 'GET',
    path: '/api/prices',
    help: 'US dollars for a million tokens, by model, from when and by what source.',
    input: nothing,
    answer: prices,
  },
  putPrices: {
    method: 'PUT',
    path: '/api/prices',
    help: 'Replaces all prices. A model without one costs nobody knows what.',
    input: prices,
    answer: prices,
  },
} as const satisfies Record<string, Endpoint>
