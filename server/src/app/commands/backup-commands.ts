import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { openBackup, sealBackup } from '../../storage/backup/backup-file.ts'
import { readBackup, type Backup } from '../../storage/backup/backup.ts'
import { gatherBackup } from '../../storage/backup/gather-backup.ts'
import { restoreBackup } from '../../storage/backup/restore-backup.ts'
import { StartError } from '../../runtime/start-error.ts'
import type { Command, CommandContext } from './command.ts'
import { withStorage } from './open-for-command.ts'

export const exportBackup: Command = {
  help: 'Writes settings, keys, client tokens, projects and prices to FILE, encrypted with BACKUP_PASSPHRASE. A gateway may run.',
  takes: 'FILE [--force]',
  async run(context, words) {
    const { file, flags } = readWords(words, ['--force'])
    if (!flags.has('--force') && (await exists(file))) {
      throw new StartError(`${file} is there already; with --force it is replaced.`)
    }
    const passphrase = await passphraseOf(context, 'twice')
    await withStorage(context, { mustStandStill: false }, async (storage) => {
      const backup = await gatherBackup(storage)
      await writeWhole(file, await sealBackup(backup, passphrase))
      const detail = countsOf(backup)
      await storage.audit.add([auditOf('backup-exported', detail)])
      context.say(`Wrote ${sentenceOf(backup)} to ${file}.`)
    })
  },
}

export const importBackup: Command = {
  help: 'Takes what FILE holds into the database. What it does not name stays, unless --replace says that it goes. The gateway must stand still.',
  takes: 'FILE [--replace] [--dry-run]',
  async run(context, words) {
    const { file, flags } = readWords(words, ['--replace', '--dry-run'])
    const bytes = await readFile(file).catch((cause: unknown) => {
      throw new StartError(`${file} cannot be read.`, cause)
    })
    const backup = readBackup(await openBackup(bytes, await passphraseOf(context, 'once')))
    if (flags.has('--dry-run')) {
      return context.say(`${file} holds ${sentenceOf(backup)}. Nothing was changed.`)
    }
    const replaces = flags.has('--replace')
    await withStorage(context, { mustStandStill: true }, async (storage) => {
      await restoreBackup(storage, backup, { replaces })
      await storage.audit.add([auditOf('backup-imported', { ...countsOf(backup), replaces })])
      context.say(`Took ${sentenceOf(backup)} from ${file}.`)
    })
  },
}

type Words = { readonly file: string; readonly flags: ReadonlySet<string> }

function readWords(words: readonly string[], known: readonly string[]): Words {
  const flags = words.filter((word) => word.startsWith('--'))
  const unknown = flags.find((flag) => !known.includes(flag))
  if (unknown !== undefined) throw new StartError(`There is no ${unknown} here.`)
  const [file, ...others] = words.filter((word) => !word.startsWith('--'))
  if (file === undefined || others.length > 0) throw new StartError('Name one file.')
  return { file, flags: new Set(flags) }
}

const fewestCharacters = 12

async function passphraseOf(
  { variable, ask }: CommandContext,
  often: 'once' | 'twice',
): Promise<string> {
  const given = variable('BACKUP_PASSPHRASE')
  const passphrase = given ?? (await ask?.('Passphrase of the backup: '))
  if (passphrase === undefined) throw new StartError('Set BACKUP_PASSPHRASE.')
  if (passphrase.length < fewestCharacters) {
    throw new StartError(`The passphrase must have at least ${fewestCharacters} characters.`)
  }
  if (given === undefined && often === 'twice' && (await ask?.('Once more: ')) !== passphrase) {
    throw new StartError('The two passphrases differ.')
  }
  return passphrase
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  )

/** For nobody else to read, and under its name only when it is whole. */
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

const countsOf = ({ settings, keys, tokens, projects, prices }: Backup) => ({
  settings: Object.keys(settings).length,
  keys: keys.length,
  tokens: tokens.length,
  projects: projects.length,
  prices: prices.length,
})

function sentenceOf(backup: Backup): string {
  const { settings, keys, tokens, projects, prices } = countsOf(backup)
  return `${settings} settings, ${keys} keys, ${tokens} client tokens, ${projects} projects and ${prices} prices`
}

const auditOf = (action: string, detail: Record<string, unknown>) => ({
  at: Date.now(),
  actor: 'command',
  action,
  subject: 'everything',
  detail,
})
