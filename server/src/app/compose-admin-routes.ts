import type { Auditor } from '../admin/audit/auditor.ts'
import { compatLoginForm } from '../admin/compat/login-form.ts'
import type { Handlers } from '../admin/handlers.ts'
import { createEventStreams } from '../admin/http/event-stream.ts'
import { loginHandlers, type LoginDeps } from '../admin/http/login.ts'
import { adminRoutes, type AdminRoutesDeps } from '../admin/http/routes.ts'
import { createIdentityWatch } from '../admin/http/watch-identity.ts'
import type { RouteGroup } from '../http/listener.ts'
import { realClock } from '../runtime/time/real-clock.ts'
import type { Log } from '../log/create-log.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { EventBus } from '../telemetry/events/event-bus.ts'
import type { ComposedAccess } from './compose-access.ts'

export type AdminRoutesParts = {
  readonly admins: ComposedAccess
  readonly handlers: Handlers
  readonly audit: Auditor
  readonly bus: EventBus
  readonly settings: LiveSettings
  readonly log: Pick<Log, 'info'>
  readonly now: () => number
  readonly onError: (error: unknown, requestId?: string) => void
}

/** The admin API on the wire. `close` ends the event streams. */
export function composeAdminRoutes(parts: AdminRoutesParts): {
  readonly routes: RouteGroup
  close(): void
} {
  const { admins, handlers, audit, bus, settings, log, now, onError } = parts
  const { access, sessions, trusted } = admins
  const watch = createIdentityWatch({ settings, sessions, clock: realClock })
  const events = createEventStreams({ bus, watch })
  // A login does not wait for the audit log.
  const onLogin: LoginDeps['onLogin'] = (action, session, address) => {
    const by = { name: `session ${session}` }
    audit(by, { action, subject: 'admin', detail: { address } }).catch(onError)
  }
  const login = { access, sessions, now, onLogin }
  const raw = {
    ...loginHandlers(login),
    ...compatLoginForm(login),
    getEvents: events.handler,
  }
  const onDisconnect: AdminRoutesDeps['onDisconnect'] = (endpoint) =>
    log.info({ endpoint }, 'A client disconnected before its request was complete.')
  return {
    routes: adminRoutes({ access, trusted, handlers, raw, onError, onDisconnect }),
    close: events.close,
  }
}
