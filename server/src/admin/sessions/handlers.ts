import type { AdminSessions } from '../../auth/admins/admin-sessions.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'

export type SessionHandlerDeps = {
  readonly sessions: AdminSessions
  readonly audit: Auditor
  readonly onError: (error: unknown) => void
}

type SessionEndpoints = 'getSessions' | 'endSession' | 'endOtherSessions'

/** Who is logged in, and how to end that. A session ends at once, also while the database is away. */
export function openSessionHandlers(deps: SessionHandlerDeps): Pick<Handlers, SessionEndpoints> {
  const { sessions, audit, onError } = deps
  const note = (by: AdminCaller, subject: string, ended: number) => {
    if (ended === 0) return
    audit(by, { action: 'sessions-ended', subject, detail: { ended } }).catch(onError)
  }
  return {
    getSessions: async (_input, by) => ({
      sessions: sessions.list().map((one) => ({ ...one, isOwn: one.id === by.session })),
    }),
    async endSession({ id }, by) {
      const done = sessions.end(id)
      note(by, `session ${id}`, Number(done))
      return { done }
    },
    async endOtherSessions(_input, by) {
      const ended = sessions.endAllExcept(by.session)
      note(by, 'other sessions', ended)
      return { ended }
    },
  }
}
