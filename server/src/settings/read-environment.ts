import { readFileSync, statSync } from 'node:fs'
import { settingEntries, withoutOuterQuotes } from '@gemini-balance/contract'
import { StartError } from '../runtime/start-error.ts'
import { parseEnvFile, type Assignment } from './env-file.ts'
import { nameWarnings } from './name-warnings.ts'

/** The settings that are given, by environment name. */
export type Environment = Readonly<Record<string, string>>

export type GivenEnvironment = {
  readonly environment: Environment
  /** The lines of `.env` that the settings come from. */
  readonly lines: ReadonlyMap<string, number>
  /** What the operator should know: one sentence each, never with a value. */
  readonly warnings: readonly string[]
}

type Values = Readonly<Record<string, string | undefined>>

/**
 * The settings of the environment and the `.env` file, by name; the environment wins. An empty value is no value. Names in lower case
 * work too, as in the Python program, where the upper-case name is missing.
 */
export function readEnvironment(processEnvironment: Values, dotEnvPath: string): GivenEnvironment {
  const { assignments, problems } = parseEnvFile(readFile(dotEnvPath))
  const inProcess = Object.entries(processEnvironment).filter(([, value]) => value !== undefined)
  const environment: Record<string, string> = {}
  const lines = new Map<string, number>()
  const repeated: string[] = []
  for (const { env } of settingEntries) {
    const inFile = assignments.filter(({ name }) => name.toUpperCase() === env)
    const assigned = winner(inFile, env)
    if (assigned !== undefined) repeated.push(...repetitions(inFile, assigned))
    const given = valueOf(inProcess, env)
    const value = given === undefined ? assigned?.value : asMeant(given)
    if (value === undefined || value === '') continue
    environment[env] = value
    if (given === undefined && assigned !== undefined) lines.set(env, assigned.line)
  }
  const names = { process: inProcess.map(([name]) => name), file: assignments }
  return {
    environment,
    lines,
    warnings: [
      ...problems.map(({ line, problem }) => `Line ${line} of .env ${problem}`),
      ...repeated,
      ...nameWarnings(names),
    ],
  }
}

/** Docker keeps quotes, and what Windows puts at the end of a line. */
const asMeant = (given: string) => withoutOuterQuotes(given.replace(/\r$/, ''))

/** The name as it is before names in lower case; of several the last. */
function winner(assigned: readonly Assignment[], env: string): Assignment | undefined {
  return assigned.findLast(({ name }) => name === env) ?? assigned.at(-1)
}

function repetitions(assigned: readonly Assignment[], winner: Assignment): string[] {
  return assigned
    .filter(({ value }) => value !== winner.value)
    .map(
      ({ name, line }) =>
        `Line ${line} of .env: ${name} is set again in line ${winner.line}, which counts.`,
    )
}

function valueOf(
  entries: readonly (readonly [string, string | undefined])[],
  env: string,
): string | undefined {
  const exact = entries.find(([name]) => name === env)
  return (exact ?? entries.find(([name]) => name.toUpperCase() === env))?.[1]
}

/** A folder counts as no file: a container gets one when it mounts a missing file. */
function readFile(path: string): string {
  try {
    const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true
    return isFile ? decode(readFileSync(path)) : ''
  } catch (cause) {
    throw new StartError(
      `The file ${path} cannot be read (${codeOf(cause)}). Allow this user to read it, or remove it.`,
      cause,
    )
  }
}

/** Editors on Windows also write UTF-16, with a byte order mark. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder().decode(bytes)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
