import { hash, timingSafeEqual } from 'node:crypto'
import type { AdminSessions, SessionView } from './admin-sessions.ts'
import type { GuessThrottle } from './guess-throttle.ts'

/** What an admin request authenticates with. */
export type AdminCredentials = {
  readonly address: string
  readonly bearer: string | undefined
  readonly cookie: string | undefined
}

export type AdminIdentity =
  | { readonly kind: 'session'; readonly session: SessionView }
  | { readonly kind: 'token' }
  /** No credentials, or a session that has ended. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'wrong-token' | 'client-token' }
  /** The token was not checked. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }

export type AdminAccess = {
  identify(credentials: AdminCredentials): AdminIdentity
  /** Begins a session for the right admin token. */
  login(from: { address: string; userAgent: string }, token: string): Login
}

export type Login =
  | { readonly kind: 'open'; readonly secret: string; readonly session: SessionView }
  | { readonly kind: 'wrong-token' | 'client-token' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }

export type AdminAccessDeps = {
  readonly sessions: AdminSessions
  readonly throttle: GuessThrottle
  /** From the settings, now. An empty one matches no token. */
  readonly adminToken: () => string
  readonly isClientToken: (token: string) => boolean
}

/** Authenticates admins by session or by the admin token. A client token is refused, and does not count as a guess. */
export function createAdminAccess(deps: AdminAccessDeps): AdminAccess {
  const { sessions, throttle, adminToken, isClientToken } = deps

  function check(address: string, token: string, forgive: boolean) {
    if (isClientToken(token)) return { kind: 'client-token' as const }
    const isRight = isSameToken(token, adminToken())
    if (!isRight && throttle.isRepeated(address, token)) return { kind: 'wrong-token' as const }
    const allowed = throttle.check(address)
    if (!allowed.ok) return { kind: 'throttled' as const, retryAfterMs: allowed.retryAfterMs }
    if (isRight) {
      throttle.succeeded(address, forgive)
      return { kind: 'token' as const }
    }
    throttle.failed(address, token)
    return { kind: 'wrong-token' as const }
  }

  return {
    identify({ address, bearer, cookie }) {
      if (bearer !== undefined) return check(address, bearer, false)
      const session = cookie === undefined ? undefined : sessions.find(cookie)
      return session === undefined ? { kind: 'nobody' } : { kind: 'session', session }
    },
    login(from, token) {
      const checked = check(from.address, token, true)
      if (checked.kind !== 'token') return checked
      return { kind: 'open', ...sessions.begin(from) }
    },
  }
}

/** Compares digests, which have one length, as timingSafeEqual needs. */
function isSameToken(sent: string, expected: string): boolean {
  if (expected === '') return false
  return timingSafeEqual(hash('sha256', sent, 'buffer'), hash('sha256', expected, 'buffer'))
}
