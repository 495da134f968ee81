import {
  findSetting,
  readSettings,
  settingEntries,
  SettingsRefused,
  writeSetting,
  type SettingEntry,
  type SettingProblem,
  type Settings,
} from '@gemini-balance/contract'
import { StartError } from '../start-error.ts'
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
  /** Takes what was stored for these settings away, or for all: the environment or the default counts again. */
  reset(names?: readonly string[]): Promise<Settings>
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
  const { resetSettings } = readSettings(environment)
  await forget(namesToChange(resetSettings))
  let current = readAtStart(environment, stored)
  const listeners = new Set<(now: Settings, before: Settings) => void>()
  let last: Promise<unknown> = Promise.resolve()

  /** Before anything stored is read: what is stored may be what keeps the gateway from starting. */
  async function forget(names: readonly string[]): Promise<void> {
    if (names.length === 0) return
    await store.write(new Map(names.map((name) => [name, undefined])))
    for (const name of names) stored.delete(name)
  }

  async function apply(changes: Changes): Promise<Settings> {
    const next = read(environment, new Map([...stored, ...changes]))
    await store.write(changes)
    for (const [name, value] of changes) {
      if (value === undefined) stored.delete(name)
      else stored.set(name, value)
    }
    const before = current
    current = next
    for (const listener of listeners) listener(next, before)
    return next
  }

  /** One change after the other: two at once would each be read over a state without the other. */
  function inTurn(changes: Changes): Promise<Settings> {
    const mine = last.then(() => apply(changes))
    last = mine.catch(() => undefined)
    return mine
  }

  return {
    current: () => current,

    origin({ env }) {
      if (stored.has(env)) return 'database'
      return environment[env] === undefined ? 'default' : 'environment'
    },

    async change(patch) {
      const entries = entriesToChange(patch)
      return inTurn(new Map(entries.map(([name, value]) => [name, writeSetting(value)])))
    },

    async reset(names = [...stored.keys()]) {
      return inTurn(new Map(namesToChange(names).map((name) => [name, undefined])))
    },

    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Text by environment name; undefined takes a stored value away. */
type Changes = ReadonlyMap<string, string | undefined>

function read(environment: Environment, stored: Changes): Settings {
  const written = [...stored].filter(([, value]) => value !== undefined)
  return Object.freeze(readSettings({ ...environment, ...Object.fromEntries(written) }))
}

/** A stored value may have been right for the version that stored it. Throws StartError, naming all that are not right now. */
function readAtStart(environment: Environment, stored: Changes): Settings {
  const problems = [...stored].flatMap(([name, value]) => problemsOf({ [name]: value }))
  if (problems.length === 0) return read(environment, stored)
  const names = [...new Set(problems.map(({ setting }) => setting.replace(/ .*/, '')))]
  const sentences = problems.map(({ setting, problem }) => `${setting} ${problem}`).join(' ')
  throw new StartError(
    `Settings that were changed while running, and are kept in the database, cannot be used: ${sentences} Start once with RESET_SETTINGS=${names.join(',')} to take them away.`,
  )
}

function problemsOf(values: Readonly<Record<string, unknown>>): readonly SettingProblem[] {
  try {
    readSettings(values)
    return []
  } catch (error) {
    if (error instanceof SettingsRefused) return error.problems
    throw error
  }
}

/** Names as the environment has them. Refuses what is unknown or fixed at the start, all at once. */
function namesToChange(names: readonly string[]): string[] {
  const problems = names.flatMap((name) => {
    const entry = findSetting(name)
    if (entry === undefined) return [{ setting: name, problem: 'is not a setting.' }]
    if (entry.live) return []
    return [{ setting: entry.env, problem: 'is read at the start, from the environment only.' }]
  })
  if (problems.length > 0) throw new SettingsRefused(problems)
  return names.map((name) => findSetting(name)?.env ?? name)
}

/** Refuses unknown names, and values of the wrong kind. */
function entriesToChange(patch: Readonly<Record<string, unknown>>): [string, unknown][] {
  const names = namesToChange(Object.keys(patch))
  const named = Object.values(patch).map((value, index): [string, unknown] => [
    names[index] ?? '',
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
