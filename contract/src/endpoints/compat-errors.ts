import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { keyName } from './attempts.ts'
import { nothing, pageSize, rowId, type View } from './shapes.ts'

const errorView = z.object({
  id: z.number(),
  key_id: z.number(),
  /** `…` and the last four characters; null for a deleted key. */
  gemini_key: z.string().nullable(),
  error_type: z.string(),
  error_code: z.number(),
  model_name: z.string(),
  request_time: z.string(),
  request_id: z.string(),
})
export type ErrorView = View<typeof errorView>

const errorDetails = errorView.extend({
  error_log: z.string(),
  request_msg: z.string().nullable(),
})
const deleted = z.object({ deleted: z.number() })

/** Paths of the Python program for failed attempts. */
export const compatErrorEndpoints = {
  listErrors: {
    method: 'GET',
    path: '/api/logs/errors',
    help: 'Failed attempts by key, text or type, code and time. Times without a zone are in TIMEZONE.',
    input: z.object({
      limit: pageSize.default(10),
      offset: z.coerce.number().int().min(0).max(100_000).default(0),
      key_search: keyName.optional().or(z.literal('')),
      error_search: z.string().max(200).optional(),
      error_code_search: z.coerce.number().int().optional().or(z.literal('')),
      start_date: z.string().max(40).optional(),
      end_date: z.string().max(40).optional(),
      sort_by: z.enum(['id']).default('id'),
      sort_order: z.enum(['asc', 'desc']).default('desc'),
    }),
    answer: z.object({ logs: z.array(errorView), total: z.number() }),
  },
  findError: {
    method: 'GET',
    path: '/api/logs/errors/lookup',
    help: 'The error of a key that is nearest to a time. One with the given status wins.',
    input: z.object({
      gemini_key: keyName,
      timestamp: z.string().min(1).max(40),
      status_code: z.coerce.number().int().optional(),
      window_seconds: z.coerce.number().int().min(1).max(300).default(100),
    }),
    answer: errorDetails,
    errors: ['not_found'],
  },
  getError: {
    method: 'GET',
    path: '/api/logs/errors/:id/details',
    help: 'One error with the message of Google, and with the request body where that is recorded.',
    input: z.object({ id: rowId }),
    answer: errorDetails,
    errors: ['not_found'],
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
    help: 'Deletes the errors whose ids are in the body.',
    input: z.object({ ids: z.array(rowId).min(1).max(10_000) }),
    answer: deleted,
  },
  deleteError: {
    method: 'DELETE',
    path: '/api/logs/errors/:id',
    help: 'Deletes one error.',
    input: z.object({ id: rowId }),
    answer: deleted,
    errors: ['not_found'],
  },
} as const satisfies Record<string, Endpoint>
