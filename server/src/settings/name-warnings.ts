import { replacedSettings, settingEntries } from '@gemini-balance/contract'
import { closestName } from './closest-name.ts'
import type { Assignment } from './env-file.ts'

/** The names that a process and its `.env` file have. */
export type GivenNames = {
  readonly process: readonly string[]
  readonly file: readonly Assignment[]
}

const known = new Set(settingEntries.map(({ env }) => env))
/** Read by commands, not by the gateway. */
const commandNames = ['BACKUP_PASSPHRASE', 'NEW_ENCRYPTION_KEY']
const replaced = new Map(replacedSettings.flatMap((row) => row.names.map((name) => [name, row])))
const isOurs = (name: string) => known.has(name) || commandNames.includes(name)

/** Sentences about names that set nothing. Never with a value. */
export function nameWarnings({ process, file }: GivenNames): string[] {
  const inFile = file.map(({ name, line }) => ({ name: name.toUpperCase(), line }))
  const strange = inFile.filter(({ name }) => !isOurs(name) && !replaced.has(name))
  const misspelt = strange.map((one) => ({ ...one, meant: meantInFile(one.name) }))
  return [
    ...replacedWarnings(
      process.map((name) => name.toUpperCase()),
      inFile.map(({ name }) => name),
    ),
    ...misspelt.flatMap(({ name, line, meant }) =>
      meant === undefined
        ? []
        : [`Line ${line} of .env: ${name} is not a setting. ${suggestion(meant)}`],
    ),
    ...unknownLines(misspelt.filter(({ meant }) => meant === undefined)),
    ...process.flatMap(misspeltVariable),
  ]
}

/** One sentence for all names that have the same replacement. */
function replacedWarnings(process: readonly string[], file: readonly string[]): string[] {
  const given = { all: new Set([...process, ...file]), file: new Set(file) }
  return replacedSettings.flatMap(({ names, instead, isCommon }) => {
    const present = names.filter((name) => (isCommon === true ? given.file : given.all).has(name))
    return present.length === 0 ? [] : [`${notUsed(present)}. ${instead}`]
  })
}

const notUsed = (names: readonly string[]) =>
  names.length === 1 ? `${names[0]} is not used` : `${names.join(', ')} are not used`

function meantInFile(name: string): string | undefined {
  return closestName(name, candidates, Math.min(3, Math.floor(name.length / 3)))
}

const mostShown = 10

function unknownLines(lines: readonly Pick<Assignment, 'name' | 'line'>[]): string[] {
  if (lines.length === 0) return []
  const shown = lines
    .slice(0, mostShown)
    .map(({ name, line }) => `${shownName(name)} (line ${line})`)
  const more = lines.length > mostShown ? [`${lines.length - mostShown} more`] : []
  return [
    `These names of .env are no settings and are not used: ${[...shown, ...more].join(', ')}.`,
  ]
}

/** A broken line may begin with a part of a secret, which is no usual name. */
const shownName = (name: string) => (usualName.test(name) ? name : '…')

const candidates = [...known, ...commandNames, ...replaced.keys()]
const usualName = /^[A-Z]{2,20}(?:_[A-Z0-9]{1,20}){0,6}$/

/** A variable of the process belongs to other programs, unless it is nearly one of ours. */
function misspeltVariable(written: string): string[] {
  const name = written.toUpperCase()
  if (name.length < shortestMisspelt || isOurs(name) || replaced.has(name)) return []
  // `GOPROXY` is no misspelt NO_PROXY.
  const likely = longNames.filter((one) => one.startsWith(name.charAt(0)))
  const meant = closestName(name, likely, 2)
  return meant === undefined ? [] : [`${written} is not a setting. ${suggestion(meant)}`]
}

const shortestMisspelt = 6
const longNames = [...known].filter((name) => name.length >= shortestMisspelt)

function suggestion(meant: string): string {
  const instead = replaced.get(meant)?.instead
  return instead === undefined
    ? `Did you mean ${meant}?`
    : `${meant} is not used either. ${instead}`
}
