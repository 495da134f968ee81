import { endpoints } from '@gemini-balance/contract'
import type { AdminAccess, Login } from '../../auth/admins/admin-access.ts'
import type { AdminSessions } from '../../auth/admins/admin-sessions.ts'
import { endedCookie, sessionCookie } from '../../auth/admins/session-cookie.ts'
import { sendRefusal, waiting, wrongToken, type AdminCall } from './admin-frame.ts'
import { readInput } from './admin-input.ts'
import type { RawHandlers } from './admin-routes.ts'

export type SessionRoutesDeps = {
  readonly access: AdminAccess
  readonly sessions: AdminSessions
  readonly now: () => number
  /** Told of logins and logouts. Must not wait. */
  readonly note: (action: 'logged-in' | 'logged-out', session: string, address: string) => void
}

type SessionHandlers = Pick<RawHandlers, 'getSession' | 'login' | 'logout' | 'loginForm'>

/** Logging in and out: JSON for our pages, and the form of the Python program. */
export function sessionHandlers(deps: SessionRoutesDeps): SessionHandlers {
  const { sessions, note } = deps
  return {
    getSession: ({ access, reply }) =>
      reply.send(
        access.kind === 'session'
          ? { signedIn: true, expiresAt: access.session.expiresAt }
          : { signedIn: false },
      ),
    async login(call) {
      const { token } = await readInput(call.request, endpoints.login.input)
      const login = enter(deps, call, token)
      if (login.kind === 'throttled') return sendRefusal(call.reply, waiting(login.retryAfterMs))
      if (login.kind !== 'open') return sendRefusal(call.reply, wrongToken)
      return call.reply.send({ signedIn: true, expiresAt: login.session.expiresAt })
    },
    async loginForm(call) {
      const { auth_token: token } = await readInput(call.request, endpoints.loginForm.input)
      const login = enter(deps, call, token)
      return call.reply.redirect(places[login.kind], 302)
    },
    logout({ access, arrival, reply }) {
      reply.header('set-cookie', endedCookie(arrival.isSecure))
      if (access.kind !== 'session') return reply.send({ done: false })
      note('logged-out', access.session.id, arrival.address)
      return reply.send({ done: sessions.end(access.session.id) })
    },
  }
}

const places: Readonly<Record<Login['kind'], string>> = {
  open: '/keys',
  'wrong-token': '/?login=wrong',
  'client-token': '/?login=wrong',
  throttled: '/?login=wait',
}

/** A browser that logs in again leaves no session behind. */
function enter(deps: SessionRoutesDeps, call: AdminCall, token: string): Login {
  const { arrival, request, reply } = call
  const userAgent = request.headers['user-agent'] ?? ''
  const login = deps.access.login({ address: arrival.address, userAgent }, token)
  if (login.kind !== 'open') return login
  if (call.access.kind === 'session') deps.sessions.end(call.access.session.id)
  const seconds = (login.session.expiresAt - deps.now()) / 1000
  reply.header('set-cookie', sessionCookie(login.secret, seconds, arrival.isSecure))
  deps.note('logged-in', login.session.id, arrival.address)
  return login
}
