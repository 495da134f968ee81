import { readFileSync, statSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { settingEntries } from '@gemini-balance/contract'

export type Environment = Readonly<Record<string, string>>

type Values = Readonly<Record<string, string | undefined>>

/**
 * The settings that the environment names, by name; the environment wins over the `.env` file. An empty value is no value. Names in
 * small letters count too, as they always did, where the capital one is not there.
 */
export function readEnvironment(processEnvironment: Values, dotEnvPath: string): Environment {
  const sources = [processEnvironment, readFile(dotEnvPath)].flatMap((values) => [
    values,
    inCapitals(values),
  ])
  const named: Record<string, string> = {}
  for (const { env } of settingEntries) {
    const value = sources.map((values) => values[env]).find((text) => text !== undefined)
    if (value !== undefined && value !== '') named[env] = value
  }
  return named
}

/** A folder counts as no file: a container that mounts a file which is not there gets a folder of that name. */
function readFile(path: string): Values {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true
  return isFile ? parseEnv(readFileSync(path, 'utf8')) : {}
}

function inCapitals(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]),
  )
}
