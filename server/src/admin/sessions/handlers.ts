import type { AdminSessions } from '../../auth/admins/admin-sessions.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'
import { presentSession } from './present.ts'

export type SessionHandlerDeps = {
  readonly sessions: AdminSessions
  readonly audit: Auditor
  readonly onError: (error: unknown) => void
}

type SessionEndpoints = 'listSessions' | 'endSession' | 'endOtherSessions'

/** The open sessions. One ends at once, also while the database is not available. */
export function sessionHandlers(deps: SessionHandlerDeps): Pick<Handlers, SessionEndpoints> {
  const { sessions, audit, onError } = deps
  const record = (by: AdminCaller, subject: string, ended: number) => {
    if (ended === 0) return
    audit(by, { action: 'sessions-ended', subject, detail: { ended } }).catch(onError)
  }
  return {
    listSessions: async (_input, by) => ({
      sessions: sessions.list().map((one) => presentSession(one, by.session)),
    }),
    async endSession({ id }, by) {
      const done = sessions.end(id)
      record(by, `session ${id}`, Number(done))
      return { done }
    },
    async endOtherSessions(_input, by) {
      const ended = sessions.endAllExcept(by.session)
      record(by, 'other sessions', ended)
      return { ended }
    },
  }
}
