import { hash, timingSafeEqual } from 'node:crypto'
import type { AdminSessions, SessionShown } from './admin-sessions.ts'
import type { GuessThrottle } from './guess-throttle.ts'

/** What an admin request shows of itself. */
export type Shown = {
  readonly address: string
  readonly bearer: string | undefined
  readonly cookie: string | undefined
}

export type Access =
  | { readonly kind: 'session'; readonly session: SessionShown }
  | { readonly kind: 'token' }
  /** Nothing was shown, or a session that is no more. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'wrong-token' | 'client-token' }
  /** Not even looked at. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }

export type AdminAccess = {
  identify(shown: Shown): Access
  /** Opens a session for whoever knows the admin token. */
  login(from: { address: string; userAgent: string }, token: string): Login
}

export type Login =
  | { readonly kind: 'open'; readonly secret: string; readonly session: SessionShown }
  | { readonly kind: 'wrong-token' | 'client-token' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }

export type AdminAccessDeps = {
  readonly sessions: AdminSessions
  readonly throttle: GuessThrottle
  /** As the settings have it now. Empty is nobody's. */
  readonly adminToken: () => string
  readonly isClientToken: (token: string) => boolean
}

/** Who may do what an operator may: a session, or the admin token itself. Client tokens open nothing, and are no guesses. */
export function createAdminAccess(deps: AdminAccessDeps): AdminAccess {
  const { sessions, throttle, adminToken, isClientToken } = deps

  function check(address: string, token: string, forgive: boolean) {
    if (isClientToken(token)) return { kind: 'client-token' as const }
    const isRight = isSameToken(token, adminToken())
    if (!isRight && throttle.isRepeated(address, token)) return { kind: 'wrong-token' as const }
    const permit = throttle.permit(address)
    if (!permit.ok) return { kind: 'throttled' as const, retryAfterMs: permit.retryAfterMs }
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

/** Digests are of one length, whatever was sent. */
function isSameToken(sent: string, meant: string): boolean {
  if (meant === '') return false
  return timingSafeEqual(hash('sha256', sent, 'buffer'), hash('sha256', meant, 'buffer'))
}
