import { clientDialects, findSetting, readSettings } from '@gemini-balance/contract'
import { z } from 'zod'
import { StartError } from '../../runtime/start-error.ts'
import { stateRows } from './state-contents.ts'

const models = z.array(z.string())
const moment = z.number().int().min(0)
const limit = z.number().min(0).optional()

const key = z.strictObject({
  value: z.string().min(1),
  label: z.string().optional(),
  note: z.string().optional(),
  tags: z.array(z.string()),
  project: z.string().optional(),
  projectSource: z.enum(['operator', 'imported', 'learned', 'files']).optional(),
  paid: z.boolean().optional(),
  priority: z.number().int(),
  weight: z.number().positive(),
  allowedModels: models.optional(),
  disabled: z.boolean(),
})

const token = z.strictObject({
  digest: z.string().regex(/^[\da-f]{64}$/),
  hint: z.string(),
  name: z.string(),
  source: z.enum(['settings', 'admin']),
  enabled: z.boolean(),
  expiresAt: moment.optional(),
  allowedModels: models.optional(),
  allowedDialects: z.array(z.enum(clientDialects)).optional(),
  limits: z.strictObject({
    requestsPerMinute: limit,
    requestsPerDay: limit,
    tokensPerMinute: limit,
    tokensPerDay: limit,
    concurrent: limit,
    budgetPerMonth: limit,
  }),
  createdAt: moment,
})

const project = z.strictObject({
  id: z.string().min(1),
  label: z.string().optional(),
  paid: z.boolean().optional(),
  limits: z.record(
    z.string(),
    z.strictObject({ minuteRequests: limit, minuteTokens: limit, dayRequests: limit }),
  ),
})

const price = z.strictObject({
  model: z.string(),
  since: moment,
  prompt: z.number().min(0),
  output: z.number().min(0),
  cached: z.number().min(0),
  source: z.string(),
})

const setting = z.strictObject({ value: z.string(), origin: z.enum(['environment', 'database']) })

const backup = z.strictObject({
  settings: z.record(z.string(), setting),
  keys: z.array(key),
  tokens: z.array(token),
  projects: z.array(project),
  prices: z.array(price),
  /** Absent in backups of format 1. */
  states: stateRows.default([]),
})

/** What operators set, and the states of keys, projects and lanes; no history. Ids of keys are places in the list of keys. */
export type BackupContents = z.output<typeof backup>

/** Checks everything that a file held. Throws StartError or SettingsError, which name the problem. */
export function readContents(contents: unknown): BackupContents {
  const read = backup.safeParse(contents)
  if (!read.success) throw new StartError(`The backup cannot be used: ${problemOf(read.error)}.`)
  const { settings } = read.data
  for (const name of Object.keys(settings)) {
    if (findSetting(name) === undefined) {
      throw new StartError(`The backup cannot be used: there is no setting ${name}.`)
    }
  }
  readSettings(
    Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, value])),
  )
  return read.data
}

/** Where the first problem is. Its value may be a secret. */
function problemOf({ issues: [first] }: z.ZodError): string {
  const place = first?.path.map(String).join('.') ?? ''
  return `${place === '' ? 'its contents' : place} ${first?.code === 'unrecognized_keys' ? 'has unknown members' : 'is not as expected'}`
}
