import { openFile, sealFile } from './backup/backup-file.ts'
import { readContents, type BackupContents } from './backup/contents.ts'
import { gatherContents } from './backup/gather-contents.ts'
import { restoreContents, type RestoreOptions } from './backup/restore-contents.ts'
import type { Storage } from './storage.ts'

/** How many of each a backup holds. */
export type BackupCounts = Readonly<Record<Exclude<keyof BackupContents, 'states'>, number>>

export type CreatedBackup = { readonly bytes: Buffer; readonly counts: BackupCounts }

/** A backup as the bytes of a file. A gateway may run meanwhile. */
export async function createBackup(storage: Storage, passphrase: string): Promise<CreatedBackup> {
  const contents = await gatherContents(storage)
  return { bytes: await sealFile(contents, passphrase), counts: countsOf(contents) }
}

export type OpenedBackup = {
  readonly counts: BackupCounts
  /** Writes all of it or nothing. */
  restore(storage: Storage, options: RestoreOptions): Promise<void>
}

/** Rejects with StartError or SettingsError when the bytes are no backup that can be used. */
export async function openBackup(bytes: Buffer, passphrase: string): Promise<OpenedBackup> {
  const file = await openFile(bytes, passphrase)
  const contents = readContents(file.contents)
  return {
    counts: countsOf(contents),
    restore: (storage, { replaces }) =>
      restoreContents(storage, contents, { replaces, hasPlaces: file.version > 1 }),
  }
}

const countsOf = ({ settings, keys, tokens, projects, prices }: BackupContents): BackupCounts => ({
  settings: Object.keys(settings).length,
  keys: keys.length,
  tokens: tokens.length,
  projects: projects.length,
  prices: prices.length,
})
