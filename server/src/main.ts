#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { SettingsError } from '@gemini-balance/contract'
import { askSecret } from './app/commands/ask-secret.ts'
import { runCommand } from './app/commands/commands.ts'
import { compose, type Gateway } from './app/compose.ts'
import { registerEnvironmentSecrets } from './settings/register-secrets.ts'
import { createScrubber } from './log/scrub.ts'
import { readEnvironment, type Environment } from './settings/read-environment.ts'
import { StartError } from './runtime/start-error.ts'

/** Signals this close together are one. */
const repeatMs = 1000

const variable = (name: string) => process.env[name]
const say = (text: string) => process.stdout.write(`${text}\n`)

const scrubber = createScrubber()

/** A fault of ours, or of a library's: it may quote what it was given. */
process.on('uncaughtException', (error) => {
  process.stderr.write(`${scrubber.scrub(sentenceFor(error))}\n`)
  process.exit(1)
})

try {
  const words = process.argv.slice(2)
  registerEnvironmentSecrets(scrubber, process.env)
  const environment = readEnvironment(process.env, '.env')
  registerEnvironmentSecrets(scrubber, environment)
  if (words.length > 0) {
    const ask = process.stdin.isTTY ? askSecret : undefined
    await runCommand(words, { environment, say, variable, ask })
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
  greet(gateway)
}

function greet({ url, newAdminToken, engine }: Gateway): void {
  if (newAdminToken !== undefined) {
    say(`\nYour admin token, shown this once:\n\n    ${newAdminToken}\n`)
  }
  const { active, dead, disabled } = engine.views.counts().keys
  const total = active + dead + disabled
  say(
    `Gemini Balance listens on ${url}, with ${total === 0 ? 'no keys yet' : `${active} of ${total} keys alive`}.`,
  )
  if (total === 0) say('Give it keys: API_KEYS=key1,key2 in the environment or in .env.')
}

function closeOnSignal(gateway: Gateway): void {
  let askedAt: number | undefined
  const close = () => {
    // Whoever asks again does not want to wait; but npm passes on a Ctrl+C that the terminal has sent already.
    if (askedAt !== undefined && Date.now() - askedAt > repeatMs) process.exit(1)
    if (askedAt !== undefined) return
    askedAt = Date.now()
    say('Stopping: requests under way may finish.')
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
