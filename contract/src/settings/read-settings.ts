import type { z } from 'zod'
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

function problemsOf(error: z.ZodError): SettingProblem[] {
  return error.issues.map((issue) => {
    const [name, ...rest] = issue.path
    const setting = findSetting(String(name))?.env ?? String(name)
    const place = rest.length === 0 ? '' : ` (item ${rest.join('.')})`
    return { setting: setting + place, problem: problemOf(issue) }
  })
}

/** The messages of zod contain the value; these do not. Messages that begin with `must` are ours. */
function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must ')) return `${issue.message}.`
  switch (issue.code) {
    case 'too_small':
      return 'must not be empty.'
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}.`
    case 'invalid_type':
      return `must be ${kinds.get(issue.expected) ?? issue.expected}.`
    case 'unrecognized_keys':
      return 'has unknown members.'
    default:
      return 'cannot be used.'
  }
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['array', 'a list'],
  ['record', 'a JSON object'],
  ['object', 'a JSON object'],
  ['string', 'text'],
])
