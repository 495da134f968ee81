import { readFile } from 'node:fs/promises'
import { StartError } from '../../runtime/start-error.ts'
import { openBackup } from '../../storage/backup.ts'
import { auditOf, readPassphrase, sentenceOf, singleFile, withStorage } from './backup-command.ts'
import type { Command } from './command.ts'

export const importCommand: Command = {
  help: 'Imports FILE into the database. What it does not name stays, or is removed with --replace. Stop the gateway first.',
  usage: 'FILE [--replace] [--dry-run]',
  options: { replace: { type: 'boolean' }, 'dry-run': { type: 'boolean' } },
  async run(context, input) {
    const file = singleFile(input)
    const bytes = await readFile(file).catch((cause: unknown) => {
      throw new StartError(`${file} cannot be read.`, cause)
    })
    const passphrase = await readPassphrase(context, { isRepeated: false })
    const { counts, restore } = await openBackup(bytes, passphrase)
    if (input.flags.has('dry-run')) {
      return context.print(`${file} holds ${sentenceOf(counts)}. Nothing was changed.`)
    }
    const replaces = input.flags.has('replace')
    await withStorage(context, { refusesInUse: true }, async (storage) => {
      await restore(storage, { replaces })
      await storage.audit.add([auditOf('backup-imported', { ...counts, replaces })])
      context.print(`Imported ${sentenceOf(counts)} from ${file}.`)
    })
  },
}
