import { z } from 'zod'
import { compatKeyFilter, compatKeyPage } from './compat-keys.ts'
import type { Endpoint } from './endpoint.ts'
import { startedJob } from './jobs.ts'
import { laneView } from './lanes.ts'
import { done, moment, mostKeys, name, page, paged, type View } from './shapes.ts'

const keyStates = ['active', 'failing', 'suspended', 'dead', 'disabled'] as const

const keySorts = [
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
  project: name,
  tag: name,
  /** Part of the label, the note, a tag, or the last four characters of the key; or the whole key. */
  search: z.string().max(200).optional(),
  ...compatKeyFilter,
}
const keyFilter = z.strictObject(filter)
export type KeyFilter = z.output<typeof keyFilter>

const keyId = z.number().int()
const keyInPath = z.coerce.number().int()
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
/** Four million characters: the limit of an admin request's body. */
const pasted = z
  .string()
  .min(1)
  .max(4 * 1024 * 1024)

/** What an operator says of a key. */
const keyTerms = {
  project: z.string().optional(),
  projectSource: z.string().optional(),
  paid: z.boolean().optional(),
  allowedModels: z.array(z.string()).optional(),
  label: z.string().optional(),
  note: z.string().optional(),
  tags: z.array(z.string()),
}
const keyTimes = {
  createdAt: moment,
  firstUsedAt: moment.optional(),
  lastUsedAt: moment.optional(),
}

const keyView = z.object({
  id: z.number(),
  /** `…` and the last four characters. */
  key: z.string(),
  ...keyTerms,
  ...keyTimes,
  project: z.string(),
  priority: z.number(),
  weight: z.number(),
  state: z.enum(keyStates),
  /** Why it is not active. */
  because: z
    .object({
      verdict: z.string(),
      reason: z.string().optional(),
      since: moment,
      /** null: until a person acts. */
      until: moment.nullish(),
      /** What Google said. */
      message: z.string().optional(),
    })
    .optional(),
  /** Failures in a row without another cause. */
  streak: z.number(),
  inFlight: z.number(),
  inPool: z.boolean(),
  lastAnsweredAt: moment.optional(),
})
export type KeyView = View<typeof keyView>

const exportedKey = z.object({
  id: z.number(),
  key: z.string(),
  ...keyTerms,
  ...keyTimes,
  priority: z.number().optional(),
  weight: z.number().optional(),
  disabled: z.boolean().optional(),
  /** Present where the request asks for values. */
  value: z.string().optional(),
})
export type ExportedKey = View<typeof exportedKey>

/** Keys, by id. No answer has a value, except an export that asks for values. */
export const keyEndpoints = {
  listKeys: {
    method: 'GET',
    path: '/api/keys',
    help: 'Keys with their state and its reason, never a value. page counts from 1 and wins over offset.',
    input: z.object({
      ...page,
      ...filter,
      page: z.coerce.number().int().min(1).max(1_000_000).optional(),
      sort: z.enum(keySorts).default('id'),
      order: z.enum(['asc', 'desc']).default('asc'),
    }),
    answer: paged(keyView).extend(compatKeyPage),
  },
  getKey: {
    method: 'GET',
    path: '/api/keys/:id',
    help: 'One key with its state, the reason of the state, and the lanes of its project.',
    input: z.object({ id: keyInPath }),
    answer: z.object({ key: keyView, lanes: z.array(laneView) }),
    errors: ['not_found'],
  },
  changeKey: {
    method: 'PATCH',
    path: '/api/keys/:id',
    help: 'Changes the project, tier, priority, weight, models, label, note or tags of a key. null removes a value.',
    input: z.strictObject({
      id: keyInPath,
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
    path: '/api/keys/:id/reset',
    help: 'Forgets the failures of a key, its project and its lanes.',
    input: z.object({ id: keyInPath }),
    answer: done,
  },
  importKeys: {
    method: 'POST',
    path: '/api/keys/import',
    help: 'Starts a job that adds the keys found in any text, at most 50 000. It counts new, known, double and invalid keys.',
    input: z.strictObject({
      text: pasted,
      tags: tags.optional(),
      project: project.optional(),
      label: label.optional(),
    }),
    answer: startedJob,
    errors: ['too_many_jobs'],
  },
  verifyKeys: {
    method: 'POST',
    path: '/api/keys/verify',
    help: 'Starts a job that tries keys at Google and counts the verdicts. A verdict changes the state of its key.',
    input: z.strictObject({
      which,
      model: model.optional(),
      concurrency: z.number().int().min(1).max(50).optional(),
    }),
    answer: startedJob,
    errors: ['too_many_jobs'],
  },
  changeKeys: {
    method: 'POST',
    path: '/api/keys/bulk',
    help: 'Starts a job that does the same to many keys.',
    input: z.strictObject({
      which,
      action: z.enum(['enable', 'disable', 'reset', 'delete', 'tag', 'untag']),
      tags: tags.optional(),
    }),
    answer: startedJob,
    errors: ['too_many_jobs'],
  },
  exportKeys: {
    method: 'POST',
    path: '/api/keys/export',
    help: 'Keys with everything that is stored of them, page by page. Values are included on request; the audit log records that.',
    input: z.strictObject({
      which: which.default({ filter: { status: 'all' } }),
      values: z.boolean().default(false),
      after: keyId.default(0),
      limit: z.number().int().min(1).max(5000).default(1000),
    }),
    answer: z.object({ rows: z.array(exportedKey), next: z.number().optional() }),
  },
} as const satisfies Record<string, Endpoint>
