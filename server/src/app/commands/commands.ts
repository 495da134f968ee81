import { parseArgs } from 'node:util'
import { StartError } from '../../runtime/start-error.ts'
import type { Command, CommandContext, CommandInput } from './command.ts'
import { decryptKeys } from './decrypt-keys.ts'
import { encryptKeys } from './encrypt-keys.ts'
import { exportCommand } from './export.ts'
import { importCommand } from './import.ts'
import { rekeyKeys } from './rekey-keys.ts'

/** By name. */
const commands: Readonly<Record<string, Command>> = {
  'keys encrypt': encryptKeys,
  'keys decrypt': decryptKeys,
  'keys rekey': rekeyKeys,
  export: exportCommand,
  import: importCommand,
}

/** Runs the command that the arguments name. Rejects with StartError. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<void> {
  if (args[0] === 'help' || args[0] === '--help') return context.print(help())
  for (const [name, command] of Object.entries(commands)) {
    const words = name.split(' ')
    if (!words.every((word, index) => args[index] === word)) continue
    return command.run(context, parseInput(command, args.slice(words.length)))
  }
  throw new StartError(`There is no command ${args.join(' ')}.\n${help()}`)
}

function parseInput({ options = {}, usage = '' }: Command, args: readonly string[]): CommandInput {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: usage !== '',
    })
    return { positionals, flags: new Set(Object.keys(values)) }
  } catch (cause) {
    // The first sentence names the argument; the others advise on syntax that we do not have.
    const [problem = ''] = String(cause instanceof Error ? cause.message : cause).split('. ')
    throw new StartError(`${problem}. \`npm start -- help\` shows what it accepts.`, cause)
  }
}

function help(): string {
  const lines = Object.entries(commands).map(([name, command]) =>
    [`  ${name} ${command.usage ?? ''}`.trimEnd(), `      ${command.help}`].join('\n'),
  )
  return ['Without a command the gateway starts. Commands:', ...lines].join('\n')
}
