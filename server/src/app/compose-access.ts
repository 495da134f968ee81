import { createHmac, randomBytes } from 'node:crypto'
import {
  createAdminAccess,
  type AdminIdentity,
  type AdminAccess,
} from '../auth/admins/admin-access.ts'
import { createAdminSessions, type AdminSessions } from '../auth/admins/admin-sessions.ts'
import { clientLimits, createGuessThrottle } from '../auth/admins/guess-throttle.ts'
import { createSessionWriter } from '../auth/admins/session-writer.ts'
import { createTrustedProxies, type TrustedProxies } from '../auth/trusted-proxies.ts'
import type { Callers } from '../auth/clients/credentials.ts'
import { throttleGuesses } from '../auth/clients/throttle-guesses.ts'
import type { Log } from '../log/create-log.ts'
import { changedSettings, type LiveSettings } from '../settings/live-settings.ts'
import type { Storage } from '../storage/storage.ts'
import { realClock } from '../runtime/real-clock.ts'

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
  /** Who calls as a client. */
  readonly callers: Callers
  /** Calls back once when what let somebody in is no longer so. Returns the end of the watch. */
  readonly watch: (access: AdminIdentity, ended: () => void) => () => void
  close(): Promise<void>
}

/** Who may do what an operator may, with the sessions that the last stop left. */
export async function composeAccess(deps: AccessDeps): Promise<ComposedAccess> {
  const { storage, settings, registry, now, onError } = deps
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

  const onWait = tellWaits(deps)
  const guesses = createGuessThrottle({ now, onWait }, clientLimits)
  return {
    access: createAdminAccess({
      sessions,
      throttle: createGuessThrottle({ now, onWait }),
      adminToken: () => settings.current().authToken,
      isClientToken: (token) => registry.identify([token])?.isAdmin === false,
    }),
    callers: throttleGuesses(registry, guesses, (request) => trusted.originOf(request).address),
    sessions,
    trusted: () => trusted,
    watch(access, ended) {
      if (access.kind !== 'session') {
        return settings.subscribe((now, before) => {
          if (now.authToken !== before.authToken) ended()
        })
      }
      const { id, expiresAt } = access.session
      const stopTimer = realClock.at(expiresAt, ended)
      const stopWatch = sessions.onEnd((one) => {
        if (one === id) ended()
      })
      return () => {
        stopTimer()
        stopWatch()
      }
    },
    close: writer.close,
  }
}

const tellEveryMs = 60_000

/** Somebody who guesses is told of once a minute. */
function tellWaits({ log, now }: AccessDeps) {
  let toldAt = -Infinity
  return (address: string, failures: number, waitMs: number) => {
    if (now() - toldAt < tellEveryMs) return
    toldAt = now()
    log.warn(
      { address, failures, waitMs },
      'This address sent too many wrong tokens and has to wait. If it is a proxy of yours, name it in TRUSTED_PROXIES.',
    )
  }
}
