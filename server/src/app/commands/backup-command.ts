import { readSettings } from '@gemini-balance/contract'
import { StartError } from '../../runtime/start-error.ts'
import type { BackupCounts } from '../../storage/backup.ts'
import { chooseDatabase } from '../../storage/choose-database.ts'
import { openStorage } from '../../storage/open-storage.ts'
import type { Storage } from '../../storage/storage.ts'
import { keyOf } from './change-encryption.ts'
import type { CommandContext, CommandInput } from './command.ts'

export function singleFile({ positionals }: CommandInput): string {
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw new StartError('Name one file.')
  return file
}

const fewestCharacters = 12

/** The passphrase of a backup, from the environment or the terminal. */
export async function readPassphrase(
  { variable, prompt }: CommandContext,
  { isRepeated }: { readonly isRepeated: boolean },
): Promise<string> {
  const given = variable('BACKUP_PASSPHRASE')
  const passphrase = given ?? (await prompt?.('Passphrase of the backup: '))
  if (passphrase === undefined) throw new StartError('Set BACKUP_PASSPHRASE.')
  if (passphrase.length < fewestCharacters) {
    throw new StartError(`The passphrase must have at least ${fewestCharacters} characters.`)
  }
  if (given === undefined && isRepeated && (await prompt?.('Repeat it: ')) !== passphrase) {
    throw new StartError('The two passphrases differ.')
  }
  return passphrase
}

/** Opens the storage of the settings for the work. */
export async function withStorage(
  { environment }: CommandContext,
  { refusesInUse }: { readonly refusesInUse: boolean },
  work: (storage: Storage) => Promise<void>,
): Promise<void> {
  const settings = readSettings(environment)
  const storage = await openStorage({
    database: chooseDatabase(settings),
    encryptionKey: keyOf(settings),
    now: Date.now,
    refusesInUse,
  })
  try {
    await work(storage)
  } finally {
    await storage.close()
  }
}

export function sentenceOf({ settings, keys, tokens, projects, prices }: BackupCounts): string {
  return `${settings} settings, ${keys} keys, ${tokens} client tokens, ${projects} projects and ${prices} prices`
}

export const auditOf = (action: string, detail: Record<string, unknown>) => ({
  at: Date.now(),
  actor: 'command',
  action,
  subject: 'everything',
  detail,
})
