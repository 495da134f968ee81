import type { Auditor } from '../admin/audit/auditor.ts'
import type { Handlers } from '../admin/handlers.ts'
import type { EventBus } from '../telemetry/events/event-bus.ts'
import { adminRoutes } from '../admin/http/admin-routes.ts'
import { createEventStreams } from '../admin/http/event-routes.ts'
import type { RouteGroup } from '../http/listener.ts'
import { sessionHandlers, type SessionRoutesDeps } from '../admin/http/session-routes.ts'
import { DatabaseError } from '../runtime/database-error.ts'
import type { ComposedAccess } from './compose-access.ts'

export type AdminRoutesParts = {
  readonly door: ComposedAccess
  readonly handlers: Handlers
  readonly audit: Auditor
  readonly bus: EventBus
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

/** The admin API on the wire. `close` ends what would never end by itself. */
export function composeAdminRoutes(parts: AdminRoutesParts): {
  readonly routes: RouteGroup
  close(): void
} {
  const { door, handlers, audit, bus, now, onError } = parts
  const { access, sessions, trusted } = door
  const events = createEventStreams({ bus, watch: door.watch })
  // Nobody waits at the door for the audit log.
  const note: SessionRoutesDeps['note'] = (action, session, address) => {
    const by = { name: `session ${session}` }
    audit(by, { action, subject: 'admin', detail: { address } }).catch(onError)
  }
  const raw = {
    ...sessionHandlers({ access, sessions, now, note }),
    getEvents: events.handler,
  }
  return {
    routes: adminRoutes({ access, trusted, handlers, raw, onError, isDatabaseFault }),
    close: events.close,
  }
}

const isDatabaseFault = (error: unknown) => error instanceof DatabaseError
