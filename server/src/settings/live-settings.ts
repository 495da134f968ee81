import {
  findSetting,
  readSettings,
  settingEntries,
  SettingsRefused,
  writeSetting,
  type SettingEntry,
  type Settings,
} from '@gemini-balance/contract'
import type { Environment } from './read-environment.ts'

export type SettingOrigin = 'default' | 'environment' | 'database'

/** Where changed settings are kept: text by the setting's environment name. */
export interface SettingStore {
  all(): Promise<ReadonlyMap<string, string>>
  /** All of them or none; undefined takes a value away. */
  write(values: ReadonlyMap<string, string | undefined>): Promise<void>
}

export interface LiveSettings {
  /** The settings now. Free to call; the object never changes. */
  current(): Settings
  origin(entry: SettingEntry): SettingOrigin
  /** Changes settings by environment name, all or none, without a restart. Rejects with SettingsRefused. */
  change(patch: Readonly<Record<string, unknown>>): Promise<Settings>
  /** Told after each change. Returns the end of the subscription. */
  subscribe(listener: (now: Settings, before: Settings) => void): () => void
}

export type LiveSettingsDeps = { readonly environment: Environment; readonly store: SettingStore }

/**
 * The settings in force: a default, over it the environment, over it what was changed since and stored. What only a start can change
 * comes from the environment alone.
 */
export async function createLiveSettings(deps: LiveSettingsDeps): Promise<LiveSettings> {
  const { environment, store } = deps
  const stored = new Map(
    [...(await store.all())].filter(([name]) => findSetting(name)?.live === true),
  )
  let current = read(environment, stored)
  const listeners = new Set<(now: Settings, before: Settings) => void>()

  return {
    current: () => current,

    origin({ env }) {
      if (stored.has(env)) return 'database'
      return environment[env] === undefined ? 'default' : 'environment'
    },

    async change(patch) {
      const written = new Map<string, string>()
      for (const [name, value] of entriesToChange(patch)) written.set(name, writeSetting(value))
      const next = read(environment, new Map([...stored, ...written]))
      await store.write(written)
      for (const [name, value] of written) stored.set(name, value)
      const before = current
      current = next
      for (const listener of listeners) listener(next, before)
      return next
    },

    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function read(environment: Environment, stored: ReadonlyMap<string, string>): Settings {
  return Object.freeze(readSettings({ ...environment, ...Object.fromEntries(stored) }))
}

/** Names as the environment has them; refuses what is unknown or fixed at the start, and values of the wrong kind. */
function entriesToChange(patch: Readonly<Record<string, unknown>>): [string, unknown][] {
  const problems = Object.keys(patch).flatMap((name) => {
    const entry = findSetting(name)
    if (entry === undefined) return [{ setting: name, problem: 'is not a setting.' }]
    if (entry.live) return []
    return [{ setting: entry.env, problem: 'is read at the start, from the environment only.' }]
  })
  if (problems.length > 0) throw new SettingsRefused(problems)
  const named = Object.entries(patch).map(([name, value]): [string, unknown] => [
    findSetting(name)?.env ?? name,
    value,
  ])
  // As given, before text makes everything text: null and nested values are refused here, by name.
  readSettings(Object.fromEntries(named.map(([name, value]) => [name, value ?? Number.NaN])))
  return named
}

/** The settings whose values differ. */
export function changedSettings(now: Settings, before: Settings): SettingEntry[] {
  return settingEntries.filter(({ name }) => writeSetting(now[name]) !== writeSetting(before[name]))
}
