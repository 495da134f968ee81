import { z } from 'zod'
import { clientDialects } from './client-dialects.ts'

export type Endpoint = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly help: string
  /** What is sent: the query of a GET, the JSON body of the others. */
  readonly input: z.ZodType
  readonly answer: z.ZodType
}

const settingShown = z.object({
  name: z.string(),
  group: z.string(),
  help: z.string(),
  live: z.boolean(),
  secret: z.boolean(),
  /** Where the value comes from. */
  origin: z.enum(['default', 'environment', 'database']),
  /** Secrets show how each of them ends. */
  value: z.unknown(),
})
export type SettingShown = z.infer<typeof settingShown>

const configShown = z.object({ settings: z.array(settingShown) })
const nothing = z.object({})
const page = {
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
}
const name = z.string().min(1).optional()
/** Rows are the server's own; `total` counts all that match. */
const rows = z.object({ total: z.number(), rows: z.array(z.record(z.string(), z.unknown())) })
const done = z.object({ done: z.boolean() })

const most = z.number().positive().nullish()
const tokenTerms = {
  name: z.string().trim().min(1).max(200),
  enabled: z.boolean(),
  /** Milliseconds since the epoch; null: never. */
  expiresAt: z.number().int().positive().nullable(),
  /** Models by Google's name, `*` at the end for whatever follows; null: all. */
  allowedModels: z.array(z.string().min(1).max(200)).max(1000).nullable(),
  allowedDialects: z.array(z.enum(clientDialects)).nullable(),
  /** What is not named has no limit. */
  limits: z.strictObject({
    requestsPerMinute: most,
    requestsPerDay: most,
    tokensPerMinute: most,
    tokensPerDay: most,
    concurrent: most,
    budgetPerMonth: most,
  }),
}
const tokenShown = z.object({
  /** What the request log names it by. */
  id: z.string(),
  /** Its last four characters. */
  hint: z.string(),
  source: z.enum(['settings', 'admin']),
  createdAt: z.number(),
  ...tokenTerms,
  use: z.record(z.string(), z.number()),
})
export type TokenShown = z.infer<typeof tokenShown>

/** The admin API: method, path, input and answer, once. Handlers and clients are made from this table. */
export const endpoints = {
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
    help: 'Changes the settings named in the body, all or none.',
    input: z.record(z.string(), z.unknown()),
    answer: configShown,
  },
  getKeys: {
    method: 'GET',
    path: '/api/keys',
    help: 'Keys with their state, and why it is so. Never a value.',
    input: z.object({
      ...page,
      state: z.enum(['active', 'failing', 'suspended', 'dead', 'disabled']).optional(),
      project: name,
    }),
    answer: rows,
  },
  changeKey: {
    method: 'POST',
    path: '/api/keys/change',
    help: 'Changes what a person says of a key: its project, tier, priority, weight, models. null takes a value away.',
    input: z.strictObject({
      key: z.number().int(),
      project: z.string().min(1).max(200).nullish(),
      paid: z.boolean().nullish(),
      priority: z.number().int().min(-1000).max(1000).optional(),
      weight: z.number().min(0.01).max(1000).optional(),
      allowedModels: z.array(z.string().min(1)).nullish(),
      label: z.string().max(200).nullish(),
      disabled: z.boolean().optional(),
    }),
    answer: done,
  },
  resetKey: {
    method: 'POST',
    path: '/api/keys/reset',
    help: 'Forgets everything held against a key, its project and its lanes.',
    input: z.object({ key: z.number().int() }),
    answer: done,
  },
  getLanes: {
    method: 'GET',
    path: '/api/lanes',
    help: 'Lanes with their state, learned limits, use, room, and until when. A limit of null is not known.',
    input: z.object({ ...page, lane: name, project: name }),
    answer: rows,
  },
  resetLane: {
    method: 'POST',
    path: '/api/lanes/reset',
    help: 'Opens one lane again.',
    input: z.object({ project: z.string().min(1), lane: z.string() }),
    answer: done,
  },
  getPool: {
    method: 'GET',
    path: '/api/pool',
    help: 'The pool of proven keys, under the names that the Python program gave its fields.',
    input: nothing,
    answer: z.record(z.string(), z.unknown()),
  },
  explain: {
    method: 'GET',
    path: '/api/explain',
    help: 'What a request for this model would meet now: candidates by state, the key it would get, and why.',
    input: z.object({
      model: z.string().min(1),
      tokens: z.coerce.number().int().min(0).default(0),
      paidOnly: z.stringbool().default(false),
    }),
    answer: z.record(z.string(), z.unknown()),
  },
  getDecisions: {
    method: 'GET',
    path: '/api/decisions',
    help: 'The latest choices, refusals and settlements, newest first: of what candidates, why, and to what effect.',
    input: z.object({ request: name }),
    answer: z.object({ decisions: z.array(z.record(z.string(), z.unknown())) }),
  },
  getTokens: {
    method: 'GET',
    path: '/api/tokens',
    help: 'Client tokens, what each may do and what it has used. Never a token itself.',
    input: nothing,
    answer: z.object({ tokens: z.array(tokenShown) }),
  },
  createToken: {
    method: 'POST',
    path: '/api/tokens',
    help: 'Makes a client token. The answer is the only place where it is ever shown.',
    input: z.strictObject({ ...z.strictObject(tokenTerms).partial().shape, name: tokenTerms.name }),
    answer: z.object({ token: z.string(), shown: tokenShown }),
  },
  changeToken: {
    method: 'POST',
    path: '/api/tokens/change',
    help: 'Changes what a client token may do. What is not named stays; limits are replaced as a whole.',
    input: z.strictObject({ ...z.strictObject(tokenTerms).partial().shape, id: z.string() }),
    answer: done,
  },
  deleteToken: {
    method: 'POST',
    path: '/api/tokens/delete',
    help: 'Takes a client token away; one of ALLOWED_TOKENS is taken out there.',
    input: z.strictObject({ id: z.string() }),
    answer: done,
  },
  getAttempts: {
    method: 'GET',
    path: '/api/attempts',
    help: 'Attempts of the request log, newest first: what each met, by request, key, model or verdict.',
    input: z.object({
      limit: page.limit,
      before: z.coerce.number().int().optional(),
      requestId: name,
      model: name,
      verdict: name,
      keyId: z.coerce.number().int().optional(),
    }),
    answer: z.object({
      rows: z.array(z.record(z.string(), z.unknown())),
      next: z.number().optional(),
    }),
  },
} as const satisfies Record<string, Endpoint>

type Endpoints = typeof endpoints
export type EndpointName = keyof Endpoints
export type EndpointInput<N extends EndpointName> = z.output<Endpoints[N]['input']>
export type EndpointAnswer<N extends EndpointName> = z.infer<Endpoints[N]['answer']>
