import { fileURLToPath } from 'node:url'
import { findSetting, readSettings, SettingsError } from '@gemini-balance/contract'
import { runCommand } from '../commands/commands.ts'
import { promptSecret } from '../commands/prompt-secret.ts'
import { compose, type Program } from '../compose.ts'
import { serverVersion } from '../server-version.ts'
import { createScrubber } from '../../log/scrub.ts'
import { StartError } from '../../runtime/start-error.ts'
import { readEnvironment, type GivenEnvironment } from '../../settings/read-environment.ts'
import { registerEnvironmentSecrets } from '../../settings/register-secrets.ts'
import { unusedDatabaseSettings } from '../../storage/choose-database.ts'
import { greetingOf } from './greeting.ts'
import { createPrinter, type Printer } from './printer.ts'

/** Signals this close together are one. */
const repeatMs = 1000

const variable = (name: string) => process.env[name]
const write = (text: string) => process.stdout.write(text)

const scrubber = createScrubber()

function printError(text: string): void {
  process.stderr.write(`${scrubber.scrub(text)}\n`)
}

/** A bug of ours or of a library: its message may quote its input. */
process.on('uncaughtException', (error) => {
  printError(sentenceFor(error))
  process.exit(1)
})

/** Not yet shown. */
let warnings: readonly string[] = []
let lines: GivenEnvironment['lines'] = new Map()

try {
  const args = process.argv.slice(2)
  registerEnvironmentSecrets(scrubber, process.env)
  const given = readEnvironment(process.env, '.env')
  registerEnvironmentSecrets(scrubber, given.environment)
  warnings = given.warnings
  lines = given.lines
  if (args.length > 0) {
    const prompt = process.stdin.isTTY ? promptSecret : undefined
    const print = (text: string) => write(`${text}\n`)
    await runCommand(args, { environment: given.environment, print, variable, prompt })
  } else await serve(given)
} catch (error) {
  for (const warning of warnings) printError(warning)
  printError(sentenceFor(error))
  process.exitCode = 1
}

async function serve({ environment }: GivenEnvironment): Promise<void> {
  const unused = unusedDatabaseSettings(readSettings(environment))
  const gateway = await compose({
    environment,
    pagesFolder: fileURLToPath(new URL('../../../../web/dist', import.meta.url)),
  })
  const { log } = gateway
  const printer = createPrinter(gateway.logFormat, write, log.scrubber.scrub)
  closeOnSignal(gateway, printer)
  for (const warning of [...warnings, ...unused]) log.warn(warning)
  warnings = []
  await greet(gateway, printer)
}

async function greet(gateway: Program, printer: Printer): Promise<void> {
  const { newAdminToken, settings, engine, tokens } = gateway
  if (newAdminToken !== undefined) printer.adminToken(newAdminToken)
  const { keys } = await engine.views.counts()
  const authToken = findSetting('AUTH_TOKEN')
  const origin = authToken === undefined ? 'default' : settings.origin(authToken)
  printer.greeting(
    greetingOf({
      version: serverVersion,
      url: gateway.url,
      reach: gateway.reach,
      keys,
      tokens: tokens.all(),
      adminToken: newAdminToken === undefined ? origin : 'new',
      database: gateway.database,
      now: Date.now(),
    }),
  )
  if (keys.active > 0) printer.row(['Models', await modelsText(gateway)])
}

/** Asks Google, and so proves that a key works. */
async function modelsText({ catalogue, settings }: Program): Promise<string> {
  try {
    const models = await catalogue.models()
    const hidden = new Set(settings.current().filteredModels)
    const shown = models.filter(({ name }) => !hidden.has(name.replace(/^models\//, '')))
    return `${shown.length} of Google’s`
  } catch (error) {
    return `not known yet. ${error instanceof Error ? error.message : 'Google does not list them.'}`
  }
}

function closeOnSignal(gateway: Program, printer: Printer): void {
  let signalledAt: number | undefined
  const close = () => {
    // A second signal ends the process at once; but npm repeats a Ctrl+C that the terminal has sent already.
    if (signalledAt !== undefined && Date.now() - signalledAt > repeatMs) process.exit(1)
    if (signalledAt !== undefined) return
    signalledAt = Date.now()
    printer.line('Stopping: open requests may finish.')
    gateway.close().catch((error: unknown) => {
      gateway.log.error({ err: error }, 'The stop failed.')
      process.exitCode = 1
    })
  }
  process.on('SIGTERM', close)
  process.on('SIGINT', close)
}

function sentenceFor(error: unknown): string {
  if (error instanceof SettingsError) {
    return ['The settings cannot be used.', ...error.problems.map(problemText)].join('\n')
  }
  if (error instanceof StartError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function problemText({ setting, problem }: SettingsError['problems'][number]): string {
  const line = lines.get(setting.replace(/ .*/, ''))
  return `${setting} ${problem}${line === undefined ? '' : ` It is in line ${line} of .env.`}`
}
