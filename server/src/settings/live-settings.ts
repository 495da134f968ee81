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
  /** The settings now. Free to call; the object never changes. */
  current(): Settings
  origin(entry: SettingEntry): SettingOrigin
  /** The settings to which the environment now gives another value than the stored one, which counts. */
  overruled(): readonly string[]
  /** Changes settings by environment name, all or none, without a restart. Rejects with SettingsRefused. */
  change(patch: Readonly<Record<string, unknown>>): Promise<Settings>
  /** What the environment says now, or the default, for these settings or for all. */
  reset(names?: readonly string[]): Promise<Settings>
  /** Asked before each change what is wrong with it. */
  guard(check: SettingsGuard): void
  /** Told after each change. Returns the end of the subscription. */
  subscribe(listener: (now: Settings, before: Settings) => void): () => void
}

/** What is wrong with settings as they would be; `changed` holds the environment names of those that are to change. */
export type SettingsGuard = (
  next: Settings,
  changed: ReadonlySet<string>,
) => readonly SettingProblem[]

export type LiveSettingsDeps = {
  readonly environment: Environment
  readonly store: SettingsStore
  /** What counts where neither the environment nor the store says anything: an admin token that was made up. */
  readonly fallback?: Environment
}

/**
 * The settings in force: a default, over it what is stored. What the environment names is stored at the first start that sees it; from then
 * on the stored value counts. What only a start can change comes from the environment alone.
 */
export async function createLiveSettings(deps: LiveSettingsDeps): Promise<LiveSettings> {
  const { environment, store, fallback = {} } = deps
  const stored = new Map([...(await store.all())].filter(([name]) => isStorable(name)))
  const { resetSettings } = readSettings(environment)
  await forget(namesToChange(resetSettings))
  let current = readAtStart(deps, stored)
  const listeners = new Set<(now: Settings, before: Settings) => void>()
  const guards: SettingsGuard[] = []
  const inTurn = createSerialQueue()

  /** Before anything stored is read: what is stored may be what keeps the gateway from starting. */
  async function forget(names: readonly string[]): Promise<void> {
    if (names.length === 0) return
    await store.write(new Map(names.map((name) => [name, undefined])))
    for (const name of names) stored.delete(name)
  }

  async function apply(changes: Changes): Promise<Settings> {
    const next = read(deps, new Map([...stored, ...changes]))
    const problems = guards.flatMap((check) => check(next, new Set(changes.keys())))
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

  /** The environment's value or none; but the only admin token there is stays. */
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

    overruled: () =>
      storableNames.filter((name) => {
        const said = environment[name]
        const setting = stored.get(name)
        return said !== undefined && setting !== undefined && said !== setting.value
      }),

    async change(patch) {
      const entries = entriesToChange(patch)
      const changes = entries.map(([name, value]): [string, StoredSetting] => [
        name,
        { value: writeSetting(value), origin: 'database' },
      ])
      return inTurn(() => apply(new Map(changes)))
    },

    async reset(names) {
      const wanted = names === undefined ? undefined : namesToChange(names)
      return inTurn(() =>
        apply(new Map((wanted ?? storableNames).flatMap((name) => [...resetOf(name)]))),
      )
    },

    guard: (check) => void guards.push(check),

    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** By environment name; undefined takes a stored value away. */
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

/** A stored value may have been right for the version that stored it. Throws StartError, naming all that are not right now. */
function readAtStart(deps: LiveSettingsDeps, stored: Changes): Settings {
  const problems = [...stored].flatMap(([name, setting]) =>
    setting === undefined ? [] : problemsOf({ [name]: setting.value }),
  )
  if (problems.length === 0) return read(deps, stored)
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
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}

/** Names as the environment has them. Refuses what is unknown or fixed at the start, all at once. */
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

/** Refuses unknown names, and values of the wrong kind. */
function entriesToChange(patch: Readonly<Record<string, unknown>>): [string, unknown][] {
  const names = namesToChange(Object.keys(patch))
  const named = Object.values(patch).map((value, index): [string, unknown] => [
    names[index] ?? '',
    value,
  ])
  // As given, before text makes everything text: null and nested values are refused here, by name.
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
