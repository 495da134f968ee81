import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { settingEntries } from '@gemini-balance/contract'

export type Environment = Readonly<Record<string, string>>

/** The settings that the environment names, by name; the environment wins over the `.env` file. An empty value is no value. */
export function readEnvironment(
  processEnvironment: Readonly<Record<string, string | undefined>>,
  dotEnvPath: string,
): Environment {
  const file = existsSync(dotEnvPath) ? parseEnv(readFileSync(dotEnvPath, 'utf8')) : {}
  const named: Record<string, string> = {}
  for (const { env } of settingEntries) {
    const value = processEnvironment[env] ?? file[env]
    if (value !== undefined && value !== '') named[env] = value
  }
  return named
}
