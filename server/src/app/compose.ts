import { endpoints, findSetting, readSettings } from '@gemini-balance/contract'
import { createEventBus, type EventBus } from '../telemetry/events/event-bus.ts'
import { healthRoutes } from '../http/health.ts'
import { createListener } from '../http/listener.ts'
import { problem } from '../admin/http/send-error.ts'
import { pageRoutes } from '../http/pages.ts'
import { createLog, type LogDestination, type RootLog } from '../log/create-log.ts'
import { chooseLogFormat, type LogFormat } from '../log/log-format.ts'
import { RequestMetrics } from '../telemetry/metrics/request-metrics.ts'
import {
  changedSettings,
  createLiveSettings,
  type LiveSettings,
} from '../settings/live-settings.ts'
import type { Environment } from '../settings/read-environment.ts'
import { chooseDatabase, type DatabaseChoice } from '../storage/choose-database.ts'
import { startHeartbeat } from '../storage/heartbeat.ts'
import { openStorage } from '../storage/open-storage.ts'
import type { Storage } from '../storage/storage.ts'
import { chooseHost, isInContainer, type HostChoice } from '../http/choose-host.ts'
import { warnOfOpenFolder } from './start/warn-of-open-folder.ts'
import type { ClientTokens } from '../auth/clients/client-tokens.ts'
import { firstAdminToken } from './tokens/first-admin-token.ts'
import type { Catalogue } from '../google/models/catalogue.ts'
import { createCalendar } from '../runtime/time/calendar.ts'
import { createShutdown, type Shutdown } from '../runtime/shutdown.ts'
import { composeAccess } from './compose-access.ts'
import { composeAdmin } from './compose-admin.ts'
import { startRetention } from '../telemetry/usage/run-retention.ts'
import { composeAdminRoutes } from './compose-admin-routes.ts'
import { openPriceBook } from '../telemetry/usage/price-book.ts'
import { checkTokens } from './tokens/check-tokens.ts'
import { composeConnections } from './compose-connections.ts'
import { composeGateway } from './compose-gateway.ts'
import { composeKeys } from './compose-keys.ts'
import { composeRefusals } from './compose-refusals.ts'
import { warnOfBudgets } from './tokens/warn-of-budgets.ts'
import { composeTokens } from './tokens/compose-tokens.ts'
import { startLiveCounters } from '../telemetry/events/live-counters.ts'
import { openSignatures, type OpenedSignatures } from '../resources/open-signatures.ts'
import { composeDialects } from './compose-dialects.ts'
import { registerSecrets } from '../settings/register-secrets.ts'
import { metricsGroup } from './metrics-group.ts'
import { closeListener, listen } from '../http/listen.ts'

export type ComposeOptions = {
  readonly environment: Environment
  readonly logDestination?: LogDestination
  /** Where the built pages are. */
  readonly pagesFolder?: string
  /** The clock of admin sessions; a test hands in its own. */
  readonly now?: () => number
}

export type Program = {
  /** `http://host:port`. */
  readonly url: string
  /** Which addresses it listens on, and why. */
  readonly reach: string
  readonly settings: LiveSettings
  readonly storage: Storage
  readonly log: RootLog
  /** The admin token that this start generated, to be shown once. */
  readonly newAdminToken: string | undefined
  readonly engine: Awaited<ReturnType<typeof composeKeys>>['engine']
  readonly tokens: Pick<ClientTokens, 'all'>
  readonly catalogue: Pick<Catalogue, 'models'>
  readonly database: DatabaseChoice
  readonly logFormat: LogFormat
  /** Lets requests finish within SHUTDOWN_GRACE_SECONDS, writes what is queued, and stops. */
  close(): Promise<void>
}

/** Builds the program: every part, in the order of need. */
export async function compose(options: ComposeOptions): Promise<Program> {
  const { environment, logDestination } = options
  const atStart = readSettings(environment)
  const database = chooseDatabase(atStart)
  const storage = await openStorage({
    database,
    encryptionKey: atStart.encryptionKey === '' ? undefined : atStart.encryptionKey,
    now: Date.now,
  })
  const closing = createShutdown()
  closing.add(storage.close)
  try {
    const { token, isNew } = await firstAdminToken(storage, environment)
    const settings = await createLiveSettings({
      environment,
      store: storage.settings,
      ...(token === undefined ? {} : { fallback: { AUTH_TOKEN: token } }),
    })
    const logFormat = chooseLogFormat(atStart.logFormat, process.stdout)
    const log = createLog({
      level: settings.current().logLevel,
      format: logFormat,
      ...(logDestination === undefined ? {} : { destination: logDestination }),
    })
    await warnOfOpenFolder(database, log)
    if (database.kind !== 'sqlite') log.scrubber.add(database.password?.reveal() ?? '')
    return await start({
      ...options,
      storage,
      settings,
      log,
      logFormat,
      database,
      newAdminToken: isNew ? token : undefined,
      closing,
    })
  } catch (error) {
    await closing.close()
    throw error
  }
}

type Opened = ComposeOptions & {
  readonly storage: Storage
  readonly settings: LiveSettings
  readonly log: RootLog
  readonly logFormat: LogFormat
  readonly database: DatabaseChoice
  readonly newAdminToken: string | undefined
  readonly closing: Shutdown
}

async function start(opened: Opened): Promise<Program> {
  const { storage, settings, log, closing, now = Date.now } = opened
  const onError = reportErrors(log)
  const bus = createEventBus()
  const prices = await openPriceBook(storage.prices)
  const parts = { storage, settings, log, onError, bus, prices }
  closing.add(await startHeartbeat({ meta: storage.meta, now: Date.now, onError }))
  const keys = await composeKeys(parts)
  closing.add(keys.close)
  const { engine } = keys
  const { registry, tokens, newAdminToken } = await composeTokens(parts)
  const { host, reason } = hostOf(settings, tokens)
  await checkTokens({ settings, tokens, host })
  warnOfNewAdminToken(newAdminToken, log)
  warnOfBudgets({ tokens, prices, log })
  const requestMetrics = new RequestMetrics()
  const counters = startLiveCounters({
    bus,
    state: async () => ({ counts: await engine.views.counts() }),
    onError,
  })
  closing.add(counters.close)
  const watched = { requestMetrics, counters }
  const gateway = composeGateway({ ...parts, ...keys, ...watched, callers: registry })
  closing.add(gateway.close)
  logOverridden(settings, log)

  const stored = await startUpkeep({ ...parts, closing })
  followSettings(parts)

  const admins = await composeAccess({ ...parts, registry, now })
  closing.add(admins.close)
  const { sessions, callers } = admins
  const { handlers, jobs, audit } = composeAdmin({ ...parts, keys, tokens, gateway, sessions })
  closing.add(jobs.close)
  const onRefusal = composeRefusals({ ...parts, ...watched, ...admins, closing })
  const admin = composeAdminRoutes({ ...parts, admins, handlers, audit, now })
  // Fastify logs only its own failures: requests have a log of their own.
  const dialects = composeDialects({
    ...parts,
    ...gateway,
    callers,
    counter: registry,
    requestMetrics,
    onRefusal,
    signatures: stored.signatures,
  })
  const app = createListener({
    log: log.pino.child({}, { level: 'warn' }),
    ...dialects,
    onRefusal,
    connections: composeConnections({ settings, log, trusted: admins.trusted }),
    // The Python program had admin paths among those of clients.
    passedOn: Object.values(endpoints).map(({ path }) => path),
    groups: [
      healthRoutes(() => (engine.views.isReady() ? undefined : 'No key is alive.')),
      metricsGroup({ log, settings, callers, storage, engine, gateway, requestMetrics }),
      admin.routes,
      pageRoutes({
        folder: opened.pagesFolder,
        notFound: problem('not_found'),
        refuserOfClient: dialects.addresses.refuserOfClient,
      }),
    ],
  })
  const url = await listen(app, { host, port: settings.current().port })
  closing.add(() => closeListener(app, settings.current().shutdownGraceSeconds * 1000))
  // Before the listener, which waits for open event streams.
  closing.add(admin.close)

  return {
    url,
    reach: reason,
    settings,
    storage,
    log,
    newAdminToken: newAdminToken ?? opened.newAdminToken,
    engine,
    tokens,
    catalogue: gateway.catalogue,
    database: opened.database,
    logFormat: opened.logFormat,
    close: closing.close,
  }
}

type UpkeepDeps = Pick<Opened, 'storage' | 'settings' | 'log' | 'closing'> & {
  readonly onError: (error: unknown) => void
}

/** What removes old rows, and the signatures of before the start. */
async function startUpkeep(deps: UpkeepDeps): Promise<OpenedSignatures> {
  const { storage, settings, log, closing, onError } = deps
  const retention = startRetention({
    storage,
    settings: settings.current,
    calendar: createCalendar(() => settings.current().timezone),
    now: Date.now,
    onError,
  })
  closing.add(retention.close)
  const stored = await openSignatures({ store: storage.signatures, log, now: Date.now })
  closing.add(stored.close)
  return stored
}

const reportErrors = (log: RootLog) => (error: unknown, requestId?: string) =>
  log.error({ err: error, ...(requestId === undefined ? {} : { requestId }) }, 'failed')

/** A generated admin token is no chosen one. */
function hostOf(settings: LiveSettings, tokens: Pick<ClientTokens, 'all'>): HostChoice {
  const authToken = findSetting('AUTH_TOKEN')
  const isChosen = authToken !== undefined && settings.origin(authToken) !== 'default'
  const hasToken = isChosen || tokens.all().length > 0
  return chooseHost({ host: settings.current().host, isInContainer: isInContainer(), hasToken })
}

/** Keeps the log and the event stream up to date with the settings. */
function followSettings({ settings, log, bus }: FollowDeps): void {
  registerSecrets(log.scrubber, settings.current())
  settings.subscribe((now, before) => {
    const names = changedSettings(now, before).map(({ env }) => env)
    bus.publish('settings', { changed: names })
    registerSecrets(log.scrubber, now)
    log.setLevel(now.logLevel)
  })
}

type FollowDeps = {
  readonly settings: LiveSettings
  readonly log: RootLog
  readonly bus: EventBus
}

function warnOfNewAdminToken(newAdminToken: string | undefined, log: RootLog): void {
  if (newAdminToken === undefined) return
  log.warn(
    'AUTH_TOKEN is also a client token, so it gives no admin rights. A new admin token was generated and is shown once.',
  )
}

/** Explains why a change of the environment has no effect. */
function logOverridden(settings: LiveSettings, log: RootLog): void {
  const names = settings.overridden()
  if (names.length === 0) return
  log.info(
    { settings: names },
    'These settings differ between the environment and the database; the stored values are used. Reset a setting to use the environment.',
  )
}
