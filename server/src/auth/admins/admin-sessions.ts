import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Somebody who logged in, by the digest of what their browser holds. */
export type AdminSession = {
  readonly digest: string
  /** Of the admin token that opened it: it ends with that token. */
  readonly tokenMark: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly address: string
  readonly userAgent: string
}

/** A session as lists show it. The id opens nothing. */
export type SessionShown = Omit<AdminSession, 'digest' | 'tokenMark'> & {
  readonly id: string
  readonly lastSeenAt: number
}

export type SessionsDeps = {
  readonly now: () => number
  /** How long a session lasts, as the settings have it now. */
  readonly lifetimeMs: () => number
  /** Told of what began and what ended. Must not wait. */
  readonly onChange: (change: {
    removed: readonly string[]
    added: readonly AdminSession[]
  }) => void
}

/** Who logged in, in memory: nobody waits for a database to be let in. */
export type AdminSessions = {
  /** What the browser keeps, and nobody else ever sees again. */
  begin(from: { address: string; userAgent: string }): {
    readonly secret: string
    readonly session: SessionShown
  }
  /** The session that this secret opens now. */
  find(secret: string): SessionShown | undefined
  /** Those that are open, latest login first. */
  list(): SessionShown[]
  /** Answers false when there is none of this id. */
  end(id: string): boolean
  /** Ends all, or all others than this one. Returns how many. */
  endAll(but?: string): number
  /** Told when a session is ended before its time. Returns the end of the subscription. */
  onEnd(listener: (id: string) => void): () => void
  /** The mark of the admin token from now on: sessions of another end. */
  follow(tokenMark: string): void
}

/** Far more than people have browsers; who goes beyond it ends the oldest. */
const mostSessions = 200
const longestUserAgent = 200

type Kept = { readonly session: AdminSession; lastSeenAt: number }

export function createAdminSessions(
  stored: readonly AdminSession[],
  deps: SessionsDeps,
): AdminSessions {
  const { now, lifetimeMs, onChange } = deps
  // In the order of their logins.
  const kept = new Map<string, Kept>()
  const listeners = new Set<(id: string) => void>()
  let mark = ''
  for (const session of stored.toSorted((one, other) => one.createdAt - other.createdAt))
    kept.set(session.digest, { session, lastSeenAt: session.createdAt })

  // A shorter life in the settings counts for those who are in, too.
  const endOf = ({ createdAt, expiresAt }: AdminSession) =>
    Math.min(expiresAt, createdAt + lifetimeMs())

  function remove(which: (one: AdminSession) => boolean): readonly AdminSession[] {
    const gone = [...kept.values()].map(({ session }) => session).filter(which)
    for (const { digest } of gone) kept.delete(digest)
    if (gone.length > 0) onChange({ removed: gone.map(({ digest }) => digest), added: [] })
    for (const { digest } of gone) for (const listener of listeners) listener(idOf(digest))
    return gone
  }

  const shown = ({ session, lastSeenAt }: Kept): SessionShown => {
    const { digest, tokenMark: _, ...rest } = session
    return { ...rest, id: idOf(digest), expiresAt: endOf(session), lastSeenAt }
  }

  function removeEnded(): void {
    const at = now()
    remove((session) => at >= endOf(session))
  }

  return {
    begin({ address, userAgent }) {
      removeEnded()
      const [oldest] = kept.keys()
      if (kept.size >= mostSessions) remove(({ digest }) => digest === oldest)
      const secret = randomBytes(32).toString('base64url')
      const at = now()
      const session: AdminSession = {
        digest: hash('sha256', secret),
        tokenMark: mark,
        createdAt: at,
        expiresAt: at + lifetimeMs(),
        address: address.slice(0, 64),
        userAgent: userAgent.slice(0, longestUserAgent),
      }
      const one = { session, lastSeenAt: at }
      kept.set(session.digest, one)
      onChange({ removed: [], added: [session] })
      return { secret, session: shown(one) }
    },
    find(secret) {
      const digest = hash('sha256', secret)
      const one = kept.get(digest)
      // The look-up goes by digest, which nobody can steer; the comparison that decides takes constant time.
      if (one === undefined || !isSame(digest, one.session.digest)) return undefined
      const at = now()
      if (at >= endOf(one.session)) return undefined
      one.lastSeenAt = at
      return shown(one)
    },
    list() {
      removeEnded()
      return [...kept.values()].toReversed().map(shown)
    },
    end: (id) => remove(({ digest }) => idOf(digest) === id).length > 0,
    endAll: (but) => remove(({ digest }) => idOf(digest) !== but).length,
    onEnd(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    follow(tokenMark) {
      mark = tokenMark
      removeEnded()
      remove((session) => session.tokenMark !== tokenMark)
    },
  }
}

const idOf = (digest: string) => digest.slice(0, 16)

const isSame = (one: string, other: string) =>
  timingSafeEqual(Buffer.from(one, 'latin1'), Buffer.from(other, 'latin1'))
