import type { AdminIdentity } from '../../auth/admins/admin-access.ts'
import type { AdminSessions } from '../../auth/admins/admin-sessions.ts'
import type { Clock } from '../../runtime/time/clock.ts'
import type { LiveSettings } from '../../settings/live-settings.ts'

export type WatchDeps = {
  readonly settings: Pick<LiveSettings, 'subscribe'>
  readonly sessions: Pick<AdminSessions, 'onEnd'>
  readonly clock: Pick<Clock, 'at'>
}

/** Calls back once when the session ends, or when the admin token changes. Returns the end of the watch. */
export type WatchIdentity = (identity: AdminIdentity, ended: () => void) => () => void

export function createIdentityWatch({ settings, sessions, clock }: WatchDeps): WatchIdentity {
  return (identity, ended) => {
    if (identity.kind !== 'session') {
      return settings.subscribe((now, before) => {
        if (now.authToken !== before.authToken) ended()
      })
    }
    const { id, expiresAt } = identity.session
    const stopTimer = clock.at(expiresAt, ended)
    const stopWatch = sessions.onEnd((one) => {
      if (one === id) ended()
    })
    return () => {
      stopTimer()
      stopWatch()
    }
  }
}
