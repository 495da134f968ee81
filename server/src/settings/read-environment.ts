import { readFileSync, statSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { settingEntries } from '@gemini-balance/contract'

export type Environment = Readonly<Record<string, string>>

type Values = Readonly<Record<string, string | undefined>>

/**
 * The settings of the environment and the `.env` file, by name; the environment wins. An empty value is no value. Names in lower case
 * work too, as in the Python program, where the upper-case name is missing.
 */
export function readEnvironment(processEnvironment: Values, dotEnvPath: string): Environment {
  const sources = [processEnvironment, readFile(dotEnvPath)].flatMap((values) => [
    values,
    withUpperCaseNames(values),
  ])
  const named: Record<string, string> = {}
  for (const { env } of settingEntries) {
    const value = sources.map((values) => values[env]).find((text) => text !== undefined)
    if (value !== undefined && value !== '') named[env] = value
  }
  return named
}

/** A folder counts as no file: a container gets one when it mounts a missing file. */
function readFile(path: string): Values {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true
  return isFile ? parseEnv(readFileSync(path, 'utf8')) : {}
}

function withUpperCaseNames(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]),
  )
}
