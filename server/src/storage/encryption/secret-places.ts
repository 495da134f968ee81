import { settingEntries } from '@gemini-balance/contract'

const secretSettings = settingEntries.filter(({ secret }) => secret === true).map(({ env }) => env)
const secretNames = new Set(secretSettings)

/** The settings that are stored sealed. */
export const isSecretSetting = (env: string): boolean => secretNames.has(env)

/** The values of `meta` that are stored sealed. */
const secretMeta = ['admin-token', 'session-key']

export const isSecretMeta = (name: string): boolean => secretMeta.includes(name)
