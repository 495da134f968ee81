import { randomBytes } from 'node:crypto'
import { readSettings, type Settings } from '@gemini-balance/contract'
import { attemptsHandlers } from '../admin/attempts/attempts-handlers.ts'
import { configHandlers } from '../admin/config/config-handlers.ts'
import { keysHandlers } from '../admin/keys/keys-handlers.ts'
import { tokensHandlers } from '../admin/tokens/tokens-handlers.ts'
import { geminiRoutes } from '../dialects/gemini/native-routes.ts'
import { openAiNativeRoutes } from '../dialects/openai-native/openai-native-routes.ts'
import { openAiRoutes } from '../dialects/openai/openai-routes.ts'
import { adminRoutes } from '../http/admin-routes.ts'
import { healthRoutes } from '../http/health.ts'
import { createListener } from '../http/listener.ts'
import { pageRoutes } from '../http/pages.ts'
import { createLog, type LogDestination, type RootLog } from '../log/create-log.ts'
import { createLiveSettings, type LiveSettings } from '../settings/live-settings.ts'
import type { Environment } from '../settings/read-environment.ts'
import { createGuardedFetch } from '../media/guarded-fetch.ts'
import { chooseDatabase } from '../storage/choose-database.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { composeGateway } from './compose-gateway.ts'
import { composeKeys } from './compose-keys.ts'
import { composeTokens } from './compose-tokens.ts'
import { keepSignatures } from './signature-keeper.ts'
import { listen } from './listen.ts'

export type ComposeOptions = {
  readonly environment: Environment
  readonly logDestination?: LogDestination
  /** Where the built pages are. */
  readonly pagesFolder?: string
}

export type Gateway = {
  /** `http://host:port`. */
  readonly url: string
  readonly settings: LiveSettings
  readonly storage: Storage
  readonly log: RootLog
  /** The admin token, if this start made it up: to be shown once. */
  readonly newAdminToken: string | undefined
  readonly keys: Awaited<ReturnType<typeof composeKeys>>['engine']
  /** Lets requests finish for as long as the settings say, writes what is to be written, and stops. */
  close(): Promise<void>
}

/** Puts the parts together, in the order in which they need one another. The one place that knows them all. */
export async function compose(options: ComposeOptions): Promise<Gateway> {
  const { environment, logDestination } = options
  const atStart = readSettings(environment)
  const database = chooseDatabase(atStart)
  const storage = await openStorage({ database, now: Date.now })
  try {
    const settings = await createLiveSettings({ environment, store: storage.settings })
    const newAdminToken = await ensureAdminToken(settings)
    const log = createLog({
      level: settings.current().logLevel,
      ...(logDestination === undefined ? {} : { destination: logDestination }),
    })
    if (database.kind !== 'sqlite') log.scrubber.add(database.password?.reveal() ?? '')
    return await start({ ...options, storage, settings, log, newAdminToken })
  } catch (error) {
    await storage.close()
    throw error
  }
}

type Opened = ComposeOptions & {
  readonly storage: Storage
  readonly settings: LiveSettings
  readonly log: RootLog
  readonly newAdminToken: string | undefined
}

async function start(opened: Opened): Promise<Gateway> {
  const { storage, settings, log } = opened
  const complain = (error: unknown) => log.error({ err: error }, 'failed')
  const {
    engine,
    secretOf,
    changeKey,
    close: closeKeys,
  } = await composeKeys({ storage, settings, log, complain })
  const { registry: callers, tokens } = await composeTokens({ storage, settings, complain })
  const gateway = composeGateway({ engine, secretOf, callers, settings, storage, log, complain })

  const signatures = await keepSignatures({ repository: storage.signatures, log, now: Date.now })
  guardSecrets(log, settings.current())
  settings.subscribe((now) => {
    guardSecrets(log, now)
    log.setLevel(now.logLevel)
  })

  const handlers = {
    ...configHandlers(settings),
    ...keysHandlers({ engine, changeKey }),
    ...tokensHandlers(tokens),
    ...attemptsHandlers(storage.attempts),
  }
  const readiness = () => {
    const { keys } = engine.counts()
    return keys.active > 0 ? undefined : 'No key is alive.'
  }
  const dialect = {
    settings: settings.current,
    callers,
    forward: gateway.forward,
    catalogue: gateway.catalogue,
    scrub: log.scrubber.scrub,
    complain,
  }
  const openAi = {
    ...dialect,
    signatures: signatures.store,
    fetchMedia: createGuardedFetch(),
    version: gateway.version,
  }
  // Fastify speaks of its own troubles only.
  const app = createListener({
    log: log.pino.child({}, { level: 'warn' }),
    data: [
      ...geminiRoutes(dialect),
      ...openAiRoutes(openAi),
      // Google's own OpenAI endpoint refuses keys of the new kind, and takes them as Bearer only: the same requests are translated.
      ...openAiNativeRoutes({ ...openAi, canRelay: () => false }),
    ],
    groups: [
      healthRoutes(readiness),
      adminRoutes({ handlers, callers, complain }),
      ...(opened.pagesFolder === undefined ? [] : [pageRoutes(opened.pagesFolder)]),
    ],
  })
  const url = await listen(app, settings.current())

  return {
    url,
    settings,
    storage,
    log,
    newAdminToken: opened.newAdminToken,
    keys: engine,
    async close() {
      const graceMs = settings.current().shutdownGraceSeconds * 1000
      const timer = setTimeout(() => app.server.closeAllConnections(), graceMs)
      await app.close()
      clearTimeout(timer)
      await gateway.close()
      await signatures.close()
      await closeKeys()
      await storage.close()
    },
  }
}

/** Without an admin token nobody could ever come in: the first start makes one and keeps it. */
async function ensureAdminToken(settings: LiveSettings): Promise<string | undefined> {
  if (settings.current().authToken !== '') return undefined
  const token = randomBytes(24).toString('base64url')
  await settings.change({ AUTH_TOKEN: token })
  return token
}

function guardSecrets(log: RootLog, settings: Settings): void {
  const { authToken, allowedTokens, apiKeys, databaseUrl } = settings
  for (const secret of [authToken, ...allowedTokens, ...apiKeys, databaseUrl])
    log.scrubber.add(secret)
}
