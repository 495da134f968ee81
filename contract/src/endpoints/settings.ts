import { z } from 'zod'
import { safetySetting } from '../settings/safety-settings.ts'
import type { Endpoint } from './endpoint.ts'
import { nothing, type View } from './shapes.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])
export const settingValue = z.union([
  scalar,
  z.array(z.string()),
  z.array(safetySetting),
  z.record(z.string(), z.union([z.string(), z.number()])),
])
export type SettingValue = View<typeof settingValue>

const settingView = z.object({
  name: z.string(),
  group: z.string(),
  help: z.string(),
  live: z.boolean(),
  secret: z.boolean(),
  /** Where the value comes from: `environment` also when it was stored at an earlier start. */
  origin: z.enum(['default', 'environment', 'database']),
  /** Of a secret, the last four characters. */
  value: settingValue,
})
export type SettingView = View<typeof settingView>

const settingViews = z.object({ settings: z.array(settingView) })

/** Settings, read and changed. */
export const settingsEndpoints = {
  getSettings: {
    method: 'GET',
    path: '/api/config',
    help: 'All settings with their values and where the values come from.',
    input: nothing,
    answer: settingViews,
  },
  changeSettings: {
    method: 'PUT',
    path: '/api/config',
    help: 'Changes the settings in the body, all or none. API_KEYS replaces the keys. A masked secret keeps its value.',
    input: z.record(z.string(), z.unknown()),
    answer: settingViews,
  },
  resetSettings: {
    method: 'POST',
    path: '/api/config/reset',
    help: 'Resets the named settings, or all, to the environment or the default. Keys stay.',
    input: z.strictObject({ names: z.array(z.string().min(1)).min(1).max(200).optional() }),
    answer: settingViews,
  },
  getSettingsSchema: {
    method: 'GET',
    path: '/api/config/schema',
    help: 'JSON Schema of the settings that can change without a restart.',
    input: nothing,
    answer: z.object({ schema: z.record(z.string(), z.unknown()) }),
  },
} as const satisfies Record<string, Endpoint>
