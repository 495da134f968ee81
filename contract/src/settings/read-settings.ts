import type { z } from 'zod'
import { fieldOf, inputProblems } from '../input-problems.ts'
import { facts, type SettingFacts } from './setting-facts.ts'
import { settingsSchema, type SettingName, type Settings } from './settings.ts'

export type SettingProblem = { readonly setting: string; readonly problem: string }

/** Values that cannot be used. Messages name settings and bounds, never a value, which may be a secret. */
export class SettingsError extends Error {
  readonly problems: readonly SettingProblem[]

  constructor(problems: readonly SettingProblem[]) {
    super(problems.map(({ setting, problem }) => `${setting} ${problem}`).join('\n'))
    this.name = 'SettingsError'
    this.problems = problems
  }
}

export type SettingEntry = { readonly name: SettingName; readonly schema: z.ZodType } & SettingFacts

/** The settings in the order of the table. */
export const settingEntries: readonly SettingEntry[] = settingsSchema
  .keyof()
  .options.map((name) => {
    const schema = settingsSchema.shape[name]
    const known = facts.get(schema)
    if (known === undefined) throw new Error(`The setting ${name} has no facts.`)
    return { name, schema, ...known }
  })

const byName = new Map(
  settingEntries.flatMap((entry) => [
    [entry.name, entry],
    [entry.env, entry],
  ]),
)

/** Finds a setting by its name in code or in the environment. */
export function findSetting(name: string): SettingEntry | undefined {
  return byName.get(name)
}

/** Reads settings from values by environment name, with defaults for absent ones. Throws a SettingsError with all problems. */
export function readSettings(values: Readonly<Record<string, unknown>>): Settings {
  const written = settingEntries
    .filter(({ env }) => values[env] !== undefined)
    .map(({ name, env }) => [name, values[env]])
  const read = settingsSchema.safeParse(Object.fromEntries(written))
  if (!read.success) throw new SettingsError(problemsOf(read.error))
  return read.data
}

/** The form in which a value is stored: text, with lists and maps as JSON. */
export function writeSetting(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Any value may be written as text, so the kind that was sent is not named. */
function problemsOf(error: z.ZodError): SettingProblem[] {
  return inputProblems(error).problems.map(({ path: [name, ...rest], problem }) => {
    const setting = findSetting(String(name))?.env ?? String(name)
    const place = rest.length === 0 ? '' : ` (item ${fieldOf(rest)})`
    return { setting: setting + place, problem: `${problem}.` }
  })
}
