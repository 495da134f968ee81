import { StartError } from '../../runtime/start-error.ts'
import { exportBackup, importBackup } from './backup-commands.ts'
import type { Command, CommandContext } from './command.ts'
import { decryptKeys, encryptKeys, rekeyKeys } from './encryption-commands.ts'

/** By the words that call them. */
const commands: Readonly<Record<string, Command>> = {
  'keys encrypt': encryptKeys,
  'keys decrypt': decryptKeys,
  'keys rekey': rekeyKeys,
  export: exportBackup,
  import: importBackup,
}

/** Runs the command that the words name. Rejects with StartError where there is none. */
export async function runCommand(words: readonly string[], context: CommandContext): Promise<void> {
  const name = words.join(' ')
  for (const [known, command] of Object.entries(commands)) {
    const own = known.split(' ')
    const rest = words.slice(own.length)
    const isMeant = own.every((word, index) => words[index] === word)
    if (isMeant && (command.takes !== undefined || rest.length === 0)) {
      return command.run(context, rest)
    }
  }
  if (name === 'help' || name === '--help') return context.say(usage())
  throw new StartError(`There is no command ${name}.\n${usage()}`)
}

function usage(): string {
  const lines = Object.entries(commands).map(
    ([name, { help, takes }]) =>
      `  ${takes === undefined ? name : `${name} ${takes}`}\n      ${help}`,
  )
  return ['Without a command the gateway starts. Commands:', ...lines].join('\n')
}
