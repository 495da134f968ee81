#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { SettingsError } from '@gemini-balance/contract'
import { runCommand } from './app/commands/commands.ts'
import { promptSecret } from './app/commands/prompt-secret.ts'
import { compose, type Program } from './app/compose.ts'
import { createScrubber } from './log/scrub.ts'
import { StartError } from './runtime/start-error.ts'
import { readEnvironment, type Environment } from './settings/read-environment.ts'
import { registerEnvironmentSecrets } from './settings/register-secrets.ts'

/** Signals this close together are one. */
const repeatMs = 1000

const variable = (name: string) => process.env[name]
const print = (text: string) => process.stdout.write(`${text}\n`)

const scrubber = createScrubber()

/** A bug of ours or of a library: its message may quote its input. */
process.on('uncaughtException', (error) => {
  process.stderr.write(`${scrubber.scrub(sentenceFor(error))}\n`)
  process.exit(1)
})

try {
  const args = process.argv.slice(2)
  registerEnvironmentSecrets(scrubber, process.env)
  const environment = readEnvironment(process.env, '.env')
  registerEnvironmentSecrets(scrubber, environment)
  if (args.length > 0) {
    const prompt = process.stdin.isTTY ? promptSecret : undefined
    await runCommand(args, { environment, print, variable, prompt })
  } else await serve(environment)
} catch (error) {
  process.stderr.write(`${scrubber.scrub(sentenceFor(error))}\n`)
  process.exitCode = 1
}

async function serve(environment: Environment): Promise<void> {
  const gateway = await compose({
    environment,
    pagesFolder: fileURLToPath(new URL('../../web/dist', import.meta.url)),
  })
  closeOnSignal(gateway)
  await printStart(gateway)
}

async function printStart({ url, reach, newAdminToken, engine }: Program): Promise<void> {
  if (newAdminToken !== undefined) {
    print(`\nYour admin token, shown this once:\n\n    ${newAdminToken}\n`)
  }
  const { active, dead, disabled } = (await engine.views.counts()).keys
  const total = active + dead + disabled
  print(
    `Gemini Balance listens on ${url}, with ${total === 0 ? 'no keys yet' : `${active} of ${total} keys alive`}.\n${reach}`,
  )
  if (total === 0) print('Add keys: API_KEYS=key1,key2 in the environment or in .env.')
}

function closeOnSignal(gateway: Program): void {
  let signalledAt: number | undefined
  const close = () => {
    // A second signal ends the process at once; but npm repeats a Ctrl+C that the terminal has sent already.
    if (signalledAt !== undefined && Date.now() - signalledAt > repeatMs) process.exit(1)
    if (signalledAt !== undefined) return
    signalledAt = Date.now()
    print('Stopping: open requests may finish.')
    gateway.close().catch((error: unknown) => {
      gateway.log.error({ err: error }, 'The stop failed.')
      process.exitCode = 1
    })
  }
  process.on('SIGTERM', close)
  process.on('SIGINT', close)
}

function sentenceFor(error: unknown): string {
  if (error instanceof SettingsError) return `The settings cannot be used.\n${error.message}`
  if (error instanceof StartError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
