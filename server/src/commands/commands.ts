import { StartError } from '../start-error.ts'
import type { Command, CommandContext } from './command.ts'
import { decryptKeys, encryptKeys, rekeyKeys } from './encryption-commands.ts'

/** By the words that call them. */
const commands: Readonly<Record<string, Command>> = {
  'keys encrypt': encryptKeys,
  'keys decrypt': decryptKeys,
  'keys rekey': rekeyKeys,
}

/** Runs the command that the words name. Rejects with StartError where there is none. */
export async function runCommand(words: readonly string[], context: CommandContext): Promise<void> {
  const name = words.join(' ')
  const command = Object.entries(commands).find(([known]) => known === name)?.[1]
  if (command !== undefined) return command.run(context)
  if (name === 'help' || name === '--help') return context.say(usage())
  throw new StartError(`There is no command ${name}.\n${usage()}`)
}

function usage(): string {
  const lines = Object.entries(commands).map(([name, { help }]) => `  ${name}\n      ${help}`)
  return ['Without a command the gateway starts. Commands:', ...lines].join('\n')
}
