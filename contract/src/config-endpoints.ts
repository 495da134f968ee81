import { z } from 'zod'
import { laterRows, name, nothing, page, row, type Endpoint } from './endpoint-shapes.ts'

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
