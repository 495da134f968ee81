import { z } from 'zod'
import { done, name, nothing, page, row, rows, type Endpoint } from './endpoint.ts'
import { startedJob } from './jobs.ts'

export const keyStates = ['active', 'failing', 'suspended', 'dead', 'disabled'] as const

export const keySorts = [
  'id',
  'label',
  'project',
  'state',
  'priority',
  'weight',
  'streak',
  'createdAt',
  'lastUsedAt',
] as const
export type KeySort = (typeof keySorts)[number]

const filter = {
  state: z.enum(keyStates).optional(),
  /** `valid`: active; `invalid`: everything else. */
  status: z.enum(['all', 'valid', 'invalid']).default('all'),
  project: name,
  tag: name,
  /** Part of the label, the note, a tag, or the last characters of the key. */
  search: z.string().max(200).optional(),
  /** At least so many unknown refusals in a row. An empty text is none. */
  fail_count_threshold: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.coerce.number().int().min(0).optional(),
  ),
}
const keyFilter = z.strictObject(filter)
export type KeyFilter = z.output<typeof keyFilter>

/** As many keys as one gateway is made for. */
const mostKeys = 50_000
const keyId = z.number().int()
const which = z.union([
  z.strictObject({ ids: z.array(keyId).min(1).max(mostKeys) }),
  z.strictObject({ filter: keyFilter }),
])
export type WhichKeys = z.output<typeof which>

const tags = z.array(z.string().trim().min(1).max(50)).max(20)
const note = z.string().max(4000)
const label = z.string().max(200)
const project = z.string().min(1).max(200)
const model = z.string().regex(/^[\w.-]{1,100}$/, 'must be the name of a model')
/** Four million characters: what the body of an admin request may be. */
const pasted = z
  .string()
  .min(1)
  .max(4 * 1024 * 1024)

/** Keys, by id. No answer holds a value but that of an export that asks for them. */
export const keyEndpoints = {
  getKeys: {
    method: 'GET',
    path: '/api/keys',
    help: 'Keys with their state, and why it is so; never a value. page counts from 1 and goes before offset; keys maps ids to failures in a row.',
    input: z.object({
      ...page,
      ...filter,
      page: z.coerce.number().int().min(1).max(1_000_000).optional(),
      sort: z.enum(keySorts).default('id'),
      order: z.enum(['asc', 'desc']).default('asc'),
    }),
    answer: rows.extend({
      keys: z.record(z.string(), z.number()),
      total_items: z.number(),
      total_pages: z.number(),
      current_page: z.number(),
    }),
  },
  getKey: {
    method: 'GET',
    path: '/api/keys/:id',
    help: 'One key: its state with reason and evidence, and the lanes of its project.',
    input: z.object({ id: z.coerce.number().int() }),
    answer: z.object({ key: row, lanes: z.array(row) }),
  },
  changeKey: {
    method: 'POST',
    path: '/api/keys/change',
    help: 'Changes what a person says of a key: its project, tier, priority, weight, models, label, note, tags. null takes a value away.',
    input: z.strictObject({
      key: keyId,
      project: project.nullish(),
      paid: z.boolean().nullish(),
      priority: z.number().int().min(-1000).max(1000).optional(),
      weight: z.number().min(0.01).max(1000).optional(),
      allowedModels: z.array(z.string().min(1)).nullish(),
      label: label.nullish(),
      note: note.nullish(),
      tags: tags.optional(),
      disabled: z.boolean().optional(),
    }),
    answer: done,
  },
  resetKey: {
    method: 'POST',
    path: '/api/keys/reset',
    help: 'Forgets everything held against a key, its project and its lanes.',
    input: z.object({ key: keyId }),
    answer: done,
  },
  importKeys: {
    method: 'POST',
    path: '/api/keys/import',
    help: 'Adds the keys found in any text, at most 50 000, as a job that counts new, known, double and invalid ones.',
    input: z.strictObject({
      text: pasted,
      tags: tags.optional(),
      project: project.optional(),
      label: label.optional(),
    }),
    answer: startedJob,
  },
  verifyKeys: {
    method: 'POST',
    path: '/api/keys/verify',
    help: 'Asks Google about keys, a few at a time, as a job that counts verdicts. What Google says of a key changes its state.',
    input: z.strictObject({
      which,
      model: model.optional(),
      concurrency: z.number().int().min(1).max(50).optional(),
    }),
    answer: startedJob,
  },
  bulkKeys: {
    method: 'POST',
    path: '/api/keys/bulk',
    help: 'Does one thing to many keys, as a job.',
    input: z.strictObject({
      which,
      action: z.enum(['enable', 'disable', 'reset', 'delete', 'tag', 'untag']),
      tags: tags.optional(),
    }),
    answer: startedJob,
  },
  exportKeys: {
    method: 'POST',
    path: '/api/keys/export',
    help: 'Keys with all that is stored of them, page by page; values only where asked for, which is written to the audit log.',
    input: z.strictObject({
      which: which.default({ filter: { status: 'all' } }),
      values: z.boolean().default(false),
      after: keyId.default(0),
      limit: z.number().int().min(1).max(5000).default(1000),
    }),
    answer: z.object({ rows: z.array(row), next: z.number().optional() }),
  },
} as const satisfies Record<string, Endpoint>

/** A key by its id or its value. */
const named = z.union([z.number().int(), z.string().min(1).max(200)])
const said = { success: z.boolean(), message: z.string() }
const keyType = z.enum(['valid', 'invalid']).optional()
const someKeys = z.array(named).min(1).max(mostKeys)
const verified = z.object({
  success: z.boolean(),
  message: z.string(),
  successful_keys: z.array(z.string()),
  failed_keys: z.record(z.string(), row),
  valid_count: z.number(),
  invalid_count: z.number(),
})

/** The same list under each prefix of OpenAI clients. */
const listKeys = <P extends string>(path: P) =>
  ({
    method: 'GET',
    path,
    help: 'Failures in a row of all keys by id, active and not.',
    input: nothing,
    answer: z.object({
      status: z.literal('success'),
      data: z.object({ valid_keys: row, invalid_keys: row }),
      total: z.number(),
    }),
  }) as const satisfies Endpoint

/** Paths of the Python program that scripts call, with its meaning; keys are named by id where it gave their values. */
export const originalKeyEndpoints = {
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
    answer: z.object({ keys: row, pool_status: row.nullable(), pool_enabled: z.boolean() }),
  },
  maintainPool: {
    method: 'POST',
    path: '/api/keys/pool/maintenance',
    help: 'One round of pool maintenance now.',
    input: nothing,
    answer: z.object({ ...said, before: row, after: row }),
  },
  deleteNamedKey: {
    method: 'DELETE',
    path: '/api/config/keys/:key',
    help: 'Deletes a key by its id, or by its value.',
    input: z.object({ key: z.string().min(1).max(200) }),
    answer: z.object(said),
  },
  deleteNamedKeys: {
    method: 'POST',
    path: '/api/config/keys/delete-selected',
    help: 'Deletes keys by their ids or values. What is not there is named by how it ends.',
    input: z.strictObject({ keys: someKeys }),
    answer: z.object({
      ...said,
      deleted_count: z.number(),
      not_found_keys: z.array(z.string()),
    }),
  },
  listKeys: listKeys('/v1/keys/list'),
  listKeysHf: listKeys('/hf/v1/keys/list'),
  resetAllFailures: {
    method: 'POST',
    path: '/gemini/v1beta/reset-all-fail-counts',
    help: 'Forgets everything held against all keys, or against those that are active or not.',
    input: z.object({ key_type: keyType }),
    answer: z.object({ ...said, reset_count: z.number() }),
  },
  resetSelectedFailures: {
    method: 'POST',
    path: '/gemini/v1beta/reset-selected-fail-counts',
    help: 'Forgets everything held against some keys, by id or value.',
    input: z.object({ keys: someKeys, key_type: keyType }),
    answer: z.object({ ...said, reset_count: z.number() }),
  },
  resetNamedFailures: {
    method: 'POST',
    path: '/gemini/v1beta/reset-fail-count/:key',
    help: 'Forgets everything held against a key, by id or value.',
    input: z.object({ key: z.string().min(1).max(200) }),
    answer: z.object(said),
  },
  verifyNamedKey: {
    method: 'POST',
    path: '/gemini/v1beta/verify-key/:key',
    help: 'Asks Google about one key, by id or value.',
    input: z.object({ key: z.string().min(1).max(200) }),
    answer: z.object({ status: z.enum(['valid', 'invalid']), error: z.string().optional() }),
  },
  verifySelectedKeys: {
    method: 'POST',
    path: '/gemini/v1beta/verify-selected-keys',
    help: 'Asks Google about some keys, by id or value, a few at a time: at most 500. More are a job of /api/keys/verify.',
    input: z.object({ keys: z.array(named).min(1).max(500) }),
    answer: verified,
  },
  tryKeys: {
    method: 'POST',
    path: '/v1beta/batch-verify-stateless',
    help: 'Asks Google about keys that need not be stored, by value, a few at a time: at most 500. Nothing is stored, and no state changes.',
    input: z.object({ keys: z.array(z.string().min(1).max(200)).min(1).max(500) }),
    answer: z.object({
      successful_keys: z.array(z.string()),
      failed_keys: z.record(z.string(), z.string()),
      valid_count: z.number(),
      invalid_count: z.number(),
    }),
  },
} as const satisfies Record<string, Endpoint>
