import {
  findSetting,
  readSettings,
  settingEntries,
  SettingsError,
  writeSetting,
  type SettingEntry,
  type SettingProblem,
  type Settings,
} from '@gemini-balance/contract'
import { createSerialQueue } from '../runtime/serial-queue.ts'
import { StartError } from '../runtime/start-error.ts'
import type { Environment } from './read-environment.ts'
import type { SettingsStore, StoredSetting } from './stores.ts'

export type SettingOrigin = 'default' | 'environment' | 'database'

export interface LiveSettings {
  /** The current settings, as an object that never changes. */
  current(): Settings
  origin(entry: SettingEntry): SettingOrigin
  /** Settings whose stored value differs from that of the environment. The stored value is used. */
  overridden(): readonly string[]
  /** Changes settings by environment name, all or none, without a restart. Rejects with SettingsError. */
  change(patch: Readonly<Record<string, unknown>>): Promise<Settings>
  /** Sets these settings, or all, back to the environment or the default. */
  reset(names?: readonly string[]): Promise<Settings>
  /** Runs before each change, which fails if the check finds problems. */
  addCheck(check: SettingsCheck): void
  /** Called after each change. Returns the function that unsubscribes. */
  subscribe(listener: (now: Settings, before: Settings) => void): () => void
}

/** Finds problems in the settings after a change; `changed` holds environment names. */
export type SettingsCheck = (
  next: Settings,
  changed: ReadonlySet<string>,
) => readonly SettingProblem[]

export type LiveSettingsDeps = {
  readonly environment: Environment
  readonly store: SettingsStore
  /** Used where neither the environment nor the store has a value: the generated admin token. */
  readonly fallback?: Environment
}

/**
 * The current settings. A value of the environment is stored at the first start that sees it; from then on the stored value is used.
 * Settings that are read only at the start are never stored.
 */
export async function createLiveSettings(deps: LiveSettingsDeps): Promise<LiveSettings> {
  const { environment, store, fallback = {} } = deps
  const stored = new Map([...(await store.all())].filter(([name]) => isStorable(name)))
  const { resetSettings } = readSettings(environment)
  await removeStored(namesToChange(resetSettings))
  let current = readAtStart(deps, stored)
  const listeners = new Set<(now: Settings, before: Settings) => void>()
  const checks: SettingsCheck[] = []
  const queue = createSerialQueue()

  /** Runs before stored values are read, since one of them may prevent the start. */
  async function removeStored(names: readonly string[]): Promise<void> {
    if (names.length === 0) return
    await store.write(new Map(names.map((name) => [name, undefined])))
    for (const name of names) stored.delete(name)
  }

  async function apply(changes: Changes): Promise<Settings> {
    const next = read(deps, new Map([...stored, ...changes]))
    const problems = checks.flatMap((check) => check(next, new Set(changes.keys())))
    if (problems.length > 0) throw new SettingsError(problems)
    await store.write(changes)
    for (const [name, setting] of changes) {
      if (setting === undefined) stored.delete(name)
      else stored.set(name, setting)
    }
    const before = current
    current = next
    for (const listener of listeners) listener(next, before)
    return next
  }

  /** The value of the environment or none; but the only admin token stays. */
  function resetOf(name: string): Changes {
    const setting = fromEnvironment(environment, name)
    const isLastToken = name === 'AUTH_TOKEN' && !setting && fallback[name] === undefined
    return isLastToken ? new Map() : new Map([[name, setting]])
  }

  const fresh = storableNames.filter((name) => environment[name] !== undefined && !stored.has(name))
  if (fresh.length > 0) {
    await apply(new Map(fresh.map((name) => [name, fromEnvironment(environment, name)])))
  }

  return {
    current: () => current,

    origin({ env, asRows }) {
      if (asRows === true) return 'database'
      const origin = stored.get(env)?.origin
      return origin ?? (environment[env] === undefined ? 'default' : 'environment')
    },

    overridden: () =>
      storableNames.filter((name) => {
        const text = environment[name]
        const setting = stored.get(name)
        return text !== undefined && setting !== undefined && text !== setting.value
      }),

    async change(patch) {
      const entries = entriesToChange(patch)
      const changes = entries.map(([name, value]): [string, StoredSetting] => [
        name,
        { value: writeSetting(value), origin: 'database' },
      ])
      return queue(() => apply(new Map(changes)))
    },

    async reset(names) {
      const chosen = names === undefined ? storableNames : namesToChange(names)
      return queue(() => apply(new Map(chosen.flatMap((name) => [...resetOf(name)]))))
    },

    addCheck: (check) => void checks.push(check),

    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** By environment name; undefined removes the stored value. */
type Changes = ReadonlyMap<string, StoredSetting | undefined>

const storableNames = settingEntries
  .filter(({ live, asRows }) => live && asRows !== true)
  .map(({ env }) => env)
const storable = new Set(storableNames)
const isStorable = (env: string) => storable.has(env)

function fromEnvironment(environment: Environment, name: string): StoredSetting | undefined {
  const value = environment[name]
  return value === undefined ? undefined : { value, origin: 'environment' }
}

function read({ environment, fallback = {} }: LiveSettingsDeps, stored: Changes): Settings {
  const written = [...stored].flatMap(([name, setting]) =>
    setting === undefined ? [] : [[name, setting.value]],
  )
  return Object.freeze(
    readSettings({ ...fallback, ...environment, ...Object.fromEntries(written) }),
  )
}

/** A stored value may be invalid after an update. Throws a StartError that names all such settings. */
function readAtStart(deps: LiveSettingsDeps, stored: Changes): Settings {
  const problems = [...stored].flatMap(([name, setting]) =>
    setting === undefined ? [] : problemsOf({ [name]: setting.value }),
  )
  if (problems.length === 0) return read(deps, stored)
  const names = [...new Set(problems.map(({ setting }) => setting.replace(/ .*/, '')))]
  const sentences = problems.map(({ setting, problem }) => `${setting} ${problem}`).join(' ')
  throw new StartError(
    `Settings in the database are not valid: ${sentences} Start once with RESET_SETTINGS=${names.join(',')} to remove them.`,
  )
}

function problemsOf(values: Readonly<Record<string, unknown>>): readonly SettingProblem[] {
  try {
    readSettings(values)
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}

/** Returns environment names. Refuses names that are unknown or cannot change while running. */
function namesToChange(names: readonly string[]): string[] {
  const problems = names.flatMap((name): SettingProblem[] => {
    const entry = findSetting(name)
    if (entry === undefined) return [{ setting: name, problem: 'is not a setting.' }]
    if (!entry.live)
      return [{ setting: entry.env, problem: 'is read at the start, from the environment only.' }]
    return entry.asRows === true
      ? [{ setting: entry.env, problem: 'is a list of rows, changed row by row.' }]
      : []
  })
  if (problems.length > 0) throw new SettingsError(problems)
  return names.map((name) => findSetting(name)?.env ?? name)
}

/** Refuses unknown names and values of the wrong type. */
function entriesToChange(patch: Readonly<Record<string, unknown>>): [string, unknown][] {
  const names = namesToChange(Object.keys(patch))
  const named = Object.values(patch).map((value, index): [string, unknown] => [
    names[index] ?? '',
    value,
  ])
  // Checked before values become text, so that null and nested values are refused.
  const read = readSettings(
    Object.fromEntries(named.map(([name, value]) => [name, value ?? Number.NaN])),
  )
  if (names.includes('AUTH_TOKEN') && read.authToken === '') {
    throw new SettingsError([{ setting: 'AUTH_TOKEN', problem: 'must not be empty.' }])
  }
  return named
}

/** The settings whose values differ. */
export function changedSettings(now: Settings, before: Settings): SettingEntry[] {
  return settingEntries.filter(({ name }) => writeSetting(now[name]) !== writeSetting(before[name]))
}
