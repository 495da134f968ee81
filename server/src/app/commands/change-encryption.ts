import { readSettings, type Settings } from '@gemini-balance/contract'
import { StartError } from '../../runtime/start-error.ts'
import { chooseDatabase } from '../../storage/choose-database.ts'
import { reencrypt } from '../../storage/reencrypt.ts'
import type { CommandContext } from './command.ts'

type Change = {
  /** What is printed when it is done. */
  readonly done: string
  readonly isEncrypted: boolean
  readonly newKey: (encryptionKey: string | undefined) => string | undefined
}

export async function changeEncryption(
  { environment, print }: CommandContext,
  { done, isEncrypted, newKey }: Change,
): Promise<void> {
  const settings = readSettings(environment)
  const encryptionKey = keyOf(settings)
  const count = await reencrypt({
    database: chooseDatabase(settings),
    isEncrypted,
    encryptionKey,
    newKey: () => newKey(encryptionKey),
    now: Date.now,
  })
  print(`${done}: ${count} ${count === 1 ? 'key' : 'keys'} and the secret settings.`)
}

export const keyOf = ({ encryptionKey }: Pick<Settings, 'encryptionKey'>): string | undefined =>
  encryptionKey === '' ? undefined : encryptionKey

export function required(value: string | undefined, name: string): string {
  if (value !== undefined) return value
  throw new StartError(`Set ${name}.`)
}
