import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A login of an admin. The browser holds the secret, we hold its digest. */
export type AdminSession = {
  readonly digest: string
  /** Identifies the admin token used at login: a changed token ends the session. */
  readonly tokenMark: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly address: string
  readonly userAgent: string
}

/** A session as admins see it. The id authenticates nothing. */
export type SessionView = Omit<AdminSession, 'digest' | 'tokenMark'> & {
  readonly id: string
  readonly lastSeenAt: number
}

export type SessionsDeps = {
  readonly now: () => number
  /** From the settings, now. */
  readonly lifetimeMs: () => number
  /** Called when sessions begin or end. Must not wait. */
  readonly onChange: (change: {
    removed: readonly string[]
    added: readonly AdminSession[]
  }) => void
}

/** The sessions, in memory: authentication does not wait for the database. */
export type AdminSessions = {
  /** Returns the secret once; only the browser keeps it. */
  begin(from: { address: string; userAgent: string }): {
    readonly secret: string
    readonly session: SessionView
  }
  /** The session of this secret, if it has not ended. */
  find(secret: string): SessionView | undefined
  /** Open sessions, latest login first. */
  list(): SessionView[]
  /** False when there is no such session. */
  end(id: string): boolean
  /** Returns how many it ended. */
  endAllExcept(id?: string): number
  /** Called when a session ends before its time. Returns the function that unsubscribes. */
  onEnd(listener: (id: string) => void): () => void
  /** Sets the mark of the current admin token, and ends sessions with another mark. */
  setTokenMark(tokenMark: string): void
}

/** A login beyond this ends the oldest session. */
const maxSessions = 200
const maxUserAgentLength = 200

type OpenSession = { readonly session: AdminSession; lastSeenAt: number }

export function createAdminSessions(
  stored: readonly AdminSession[],
  deps: SessionsDeps,
): AdminSessions {
  const { now, lifetimeMs, onChange } = deps
  // In order of login.
  const open = new Map<string, OpenSession>()
  const listeners = new Set<(id: string) => void>()
  let mark = ''
  for (const session of stored.toSorted((one, other) => one.createdAt - other.createdAt))
    open.set(session.digest, { session, lastSeenAt: session.createdAt })

  // A shorter lifetime in the settings also applies to open sessions.
  const endOf = ({ createdAt, expiresAt }: AdminSession) =>
    Math.min(expiresAt, createdAt + lifetimeMs())

  function removeWhere(which: (one: AdminSession) => boolean): readonly AdminSession[] {
    const removed = [...open.values()].map(({ session }) => session).filter(which)
    for (const { digest } of removed) open.delete(digest)
    if (removed.length > 0) onChange({ removed: removed.map(({ digest }) => digest), added: [] })
    for (const { digest } of removed) for (const listener of listeners) listener(idOf(digest))
    return removed
  }

  const viewOf = ({ session, lastSeenAt }: OpenSession): SessionView => {
    const { digest, tokenMark: _, ...rest } = session
    return { ...rest, id: idOf(digest), expiresAt: endOf(session), lastSeenAt }
  }

  function removeEnded(): void {
    const at = now()
    removeWhere((session) => at >= endOf(session))
  }

  return {
    begin({ address, userAgent }) {
      removeEnded()
      const [oldest] = open.keys()
      if (open.size >= maxSessions) removeWhere(({ digest }) => digest === oldest)
      const secret = randomBytes(32).toString('base64url')
      const at = now()
      const session: AdminSession = {
        digest: hash('sha256', secret),
        tokenMark: mark,
        createdAt: at,
        expiresAt: at + lifetimeMs(),
        address: address.slice(0, 64),
        userAgent: userAgent.slice(0, maxUserAgentLength),
      }
      const one = { session, lastSeenAt: at }
      open.set(session.digest, one)
      onChange({ removed: [], added: [session] })
      return { secret, session: viewOf(one) }
    },
    find(secret) {
      const digest = hash('sha256', secret)
      const one = open.get(digest)
      // The lookup is by digest, which a client cannot control; the final comparison takes constant time.
      if (one === undefined || !isSame(digest, one.session.digest)) return undefined
      const at = now()
      if (at >= endOf(one.session)) return undefined
      one.lastSeenAt = at
      return viewOf(one)
    },
    list() {
      removeEnded()
      return [...open.values()].toReversed().map(viewOf)
    },
    end: (id) => removeWhere(({ digest }) => idOf(digest) === id).length > 0,
    endAllExcept: (id) => removeWhere(({ digest }) => idOf(digest) !== id).length,
    onEnd(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setTokenMark(tokenMark) {
      mark = tokenMark
      removeEnded()
      removeWhere((session) => session.tokenMark !== tokenMark)
    },
  }
}

const idOf = (digest: string) => digest.slice(0, 16)

const isSame = (one: string, other: string) =>
  timingSafeEqual(Buffer.from(one, 'latin1'), Buffer.from(other, 'latin1'))
