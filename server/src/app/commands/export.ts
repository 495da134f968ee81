import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { StartError } from '../../runtime/start-error.ts'
import { createBackup } from '../../storage/backup.ts'
import { auditOf, readPassphrase, sentenceOf, singleFile, withStorage } from './backup-command.ts'
import type { Command } from './command.ts'

export const exportCommand: Command = {
  help: 'Writes settings, keys, client tokens, projects and prices to FILE, encrypted with BACKUP_PASSPHRASE. A gateway may run.',
  usage: 'FILE [--force]',
  options: { force: { type: 'boolean' } },
  async run(context, input) {
    const file = singleFile(input)
    if (!input.flags.has('force') && (await exists(file))) {
      throw new StartError(`${file} exists already. Add --force to replace it.`)
    }
    const passphrase = await readPassphrase(context, { isRepeated: true })
    await withStorage(context, { refusesInUse: false }, async (storage) => {
      const { bytes, counts } = await createBackup(storage, passphrase)
      await writeWhole(file, bytes)
      await storage.audit.add([auditOf('backup-exported', counts)])
      context.print(`Wrote ${sentenceOf(counts)} to ${file}.`)
    })
  },
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  )

/** Readable by its owner only, and under its name only when it is complete. */
async function writeWhole(file: string, bytes: Buffer): Promise<void> {
  const unfinished = `${file}.${process.pid}.unfinished`
  try {
    await writeFile(unfinished, bytes, { mode: 0o600, flag: 'wx' })
    await rename(unfinished, file)
  } catch (cause) {
    await rm(unfinished, { force: true })
    throw new StartError(`${file} cannot be written.`, cause)
  }
}
