import { createHmac, randomBytes } from 'node:crypto'
import { createAdminAccess, type AdminAccess } from '../auth/admins/admin-access.ts'
import { createAdminSessions, type AdminSessions } from '../auth/admins/admin-sessions.ts'
import { createGuessThrottle } from '../auth/admins/guess-throttle.ts'
import { reportWaits } from '../auth/admins/report-waits.ts'
import { createSessionWriter } from '../auth/admins/session-writer.ts'
import { createTrustedProxies, type TrustedProxies } from '../auth/trusted-proxies.ts'
import type { Callers } from '../auth/clients/credentials.ts'
import { throttleGuesses } from '../auth/clients/throttle-guesses.ts'
import type { Log } from '../log/create-log.ts'
import { changedSettings, type LiveSettings } from '../settings/live-settings.ts'
import type { Storage } from '../storage/storage.ts'

export type AccessDeps = {
  readonly storage: Pick<Storage, 'sessions' | 'meta'>
  readonly settings: LiveSettings
  readonly registry: Callers
  readonly log: Pick<Log, 'warn'>
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

export type ComposedAccess = {
  readonly access: AdminAccess
  readonly sessions: AdminSessions
  readonly trusted: () => TrustedProxies
  /** Identifies clients, and throttles guesses of the admin token among them. */
  readonly callers: Callers
  close(): Promise<void>
}

/** Authenticates admins, with the sessions of before the start. */
export async function composeAccess(deps: AccessDeps): Promise<ComposedAccess> {
  const { storage, settings, registry, log, now, onError } = deps
  const key = await storage.meta.getOrMake('session-key', () => randomBytes(32).toString('hex'))
  const markOf = (token: string) => createHmac('sha256', key).update(token).digest('hex')
  const writer = createSessionWriter({ store: storage.sessions, onError })
  const sessions = createAdminSessions(await storage.sessions.all(), {
    now,
    lifetimeMs: () => settings.current().adminSessionExpire * 1000,
    onChange: writer.write,
  })
  let trusted = createTrustedProxies(settings.current().trustedProxies)
  sessions.setTokenMark(markOf(settings.current().authToken))
  settings.subscribe((now, before) => {
    const names = new Set(changedSettings(now, before).map(({ name }) => name))
    if (names.has('authToken')) sessions.setTokenMark(markOf(now.authToken))
    if (names.has('trustedProxies')) trusted = createTrustedProxies(now.trustedProxies)
  })

  const onWait = reportWaits({ warn: (details, message) => log.warn(details, message), now })
  // One for all paths, so that guesses count wherever they are sent.
  const throttle = createGuessThrottle({ now, onWait })
  return {
    access: createAdminAccess({
      sessions,
      throttle,
      adminToken: () => settings.current().authToken,
      isClientToken: (token) => registry.identify([token])?.isAdmin === false,
    }),
    callers: throttleGuesses(registry, throttle, (request) => trusted.originOf(request).address),
    sessions,
    trusted: () => trusted,
    close: writer.close,
  }
}
