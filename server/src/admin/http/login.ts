import { endpoints } from '@gemini-balance/contract'
import type { AdminAccess, Login } from '../../auth/admins/admin-access.ts'
import type { AdminSessions } from '../../auth/admins/admin-sessions.ts'
import { endedCookie, sessionCookie } from '../../auth/admins/session-cookie.ts'
import { sendDenial, throttled, type AdminCall } from './guard.ts'
import { readInput } from './input.ts'
import type { RawHandlers } from './routes.ts'
import { momentOf } from '../moments.ts'

export type LoginDeps = {
  readonly access: AdminAccess
  readonly sessions: AdminSessions
  readonly now: () => number
  /** Must not wait. */
  readonly onLogin: (action: 'logged-in' | 'logged-out', session: string, address: string) => void
}

/** Logging in and out from our pages. */
export function loginHandlers(
  deps: LoginDeps,
): Pick<RawHandlers, 'getSession' | 'login' | 'logout'> {
  const { sessions, onLogin } = deps
  return {
    getSession: ({ identity, reply }) =>
      reply.send(
        identity.kind === 'session'
          ? { signedIn: true, expiresAt: momentOf(identity.session.expiresAt) }
          : { signedIn: false },
      ),
    async login(call) {
      const { token } = await readInput(call.request, endpoints.login.input)
      const login = openSession(deps, call, token)
      if (login.kind === 'throttled') return sendDenial(call.reply, throttled(login.retryAfterMs))
      if (login.kind !== 'open') return sendDenial(call.reply, { code: 'wrong_token' })
      return call.reply.send({ signedIn: true, expiresAt: momentOf(login.session.expiresAt) })
    },
    logout({ identity, origin, reply }) {
      reply.header('set-cookie', endedCookie(origin.isSecure))
      if (identity.kind !== 'session') return reply.send({ done: false })
      onLogin('logged-out', identity.session.id, origin.address)
      return reply.send({ done: sessions.end(identity.session.id) })
    },
  }
}

/** Sets the cookie of a new session, and ends the session that the browser had. */
export function openSession(deps: LoginDeps, call: AdminCall, token: string): Login {
  const { origin, identity, request, reply } = call
  const userAgent = request.headers['user-agent'] ?? ''
  const login = deps.access.login({ address: origin.address, userAgent }, token)
  if (login.kind !== 'open') return login
  if (identity.kind === 'session') deps.sessions.end(identity.session.id)
  const seconds = (login.session.expiresAt - deps.now()) / 1000
  reply.header('set-cookie', sessionCookie(login.secret, seconds, origin.isSecure))
  deps.onLogin('logged-in', login.session.id, origin.address)
  return login
}
