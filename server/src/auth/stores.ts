import type { AdminSession } from './admins/admin-sessions.ts'
import type { ClientToken, TokenTerms } from './clients/client-token.ts'

/** The tokens that clients call with, by their digests. */
export type ClientTokenStore = {
  /** In the order in which they were added. */
  all(): Promise<ClientToken[]>
  /** Removes some and adds others, all or nothing. */
  change(change: {
    readonly removed: readonly string[]
    readonly added: readonly ClientToken[]
  }): Promise<void>
  /** Returns false when there is no such token. */
  update(digest: string, terms: TokenTerms): Promise<boolean>
}

/** Open admin sessions, by the digests of what browsers hold. */
export type SessionStore = {
  /** In the order of their logins. */
  all(): Promise<AdminSession[]>
  change(change: SessionChange): Promise<void>
}

/** Removes some sessions and writes others, all or nothing. */
export type SessionChange = {
  readonly removed: readonly string[]
  readonly added: readonly AdminSession[]
}
