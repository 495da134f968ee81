import type { ClientTokenStore } from '../stores.ts'
import { hash, randomBytes } from 'node:crypto'
import { tokenIdOf, type ClientToken, type TokenTerms } from './client-token.ts'
import type { TokenCounters } from './token-meter.ts'
import type { TokenRegistry } from './token-registry.ts'

export type ClientTokensDeps = {
  readonly store: ClientTokenStore
  readonly registry: TokenRegistry
  readonly now: () => number
  /** Removes the token with this digest from ALLOWED_TOKENS. */
  readonly removeFromSettings: (digest: string) => Promise<void>
}

/** The client tokens as an operator manages them. */
export type ClientTokens = {
  all(): readonly ClientToken[]
  counters(digest: string): TokenCounters | undefined
  /** The value is returned here and never again. */
  create(terms: TokenTerms): Promise<{ readonly value: string; readonly token: ClientToken }>
  /** False when there is no such token. */
  change(id: string, terms: Partial<TokenTerms>): Promise<boolean>
  remove(id: string): Promise<boolean>
  /** Replaces the tokens of ALLOWED_TOKENS, and the admin token. */
  applySettings(allowed: readonly string[], adminToken: string): Promise<void>
}

export async function createClientTokens(deps: ClientTokensDeps): Promise<ClientTokens> {
  const { store, registry, now } = deps
  let tokens: readonly ClientToken[] = await store.all()
  let adminToken = ''

  function replace(next: readonly ClientToken[]): void {
    tokens = next
    registry.set(tokens, adminToken)
  }

  const find = (id: string) => tokens.find(({ digest }) => tokenIdOf(digest) === id)

  return {
    all: () => tokens,
    counters: (digest) => registry.counters(tokenIdOf(digest), now()),

    async create(terms) {
      const value = `gb-${randomBytes(32).toString('base64url')}`
      const token: ClientToken = { ...terms, ...markOf(value), source: 'admin', createdAt: now() }
      await store.change({ removed: [], added: [token] })
      replace([...tokens, token])
      return { value, token }
    },

    async change(id, terms) {
      const token = find(id)
      if (token === undefined) return false
      const changed = { ...token, ...terms }
      const isStored = await store.update(token.digest, changed)
      replace(tokens.map((one) => (one.digest === token.digest ? changed : one)))
      return isStored
    },

    async remove(id) {
      const token = find(id)
      if (token === undefined) return false
      if (token.source === 'settings') await deps.removeFromSettings(token.digest)
      await store.change({ removed: [token.digest], added: [] })
      replace(tokens.filter(({ digest }) => digest !== token.digest))
      return true
    },

    async applySettings(allowed, admin) {
      adminToken = admin
      const change = difference(tokens, allowed, now())
      const gone = new Set(change.removed)
      replace([...tokens.filter(({ digest }) => !gone.has(digest)), ...change.added])
      await store.change(change)
    },
  }
}

const openTerms = {
  enabled: true,
  expiresAt: undefined,
  allowedModels: undefined,
  allowedDialects: undefined,
  limits: {},
}

/** Compares ALLOWED_TOKENS with the stored tokens. */
function difference(tokens: readonly ClientToken[], allowed: readonly string[], at: number) {
  const marks = new Map(
    allowed.filter((value) => value !== '').map((value) => [markOf(value).digest, markOf(value)]),
  )
  const known = new Set(tokens.map(({ digest }) => digest))
  const removed = tokens
    .filter(({ source, digest }) => source === 'settings' && !marks.has(digest))
    .map(({ digest }) => digest)
  const added = [...marks.values()]
    .filter(({ digest }) => !known.has(digest))
    .map((mark): ClientToken => ({
      ...openTerms,
      ...mark,
      name: `ALLOWED_TOKENS …${mark.hint}`,
      source: 'settings',
      createdAt: at,
    }))
  return { removed, added }
}

/** The digest and the last four characters; none of a short token. */
function markOf(value: string): { readonly digest: string; readonly hint: string } {
  return { digest: hash('sha256', value), hint: value.length < 12 ? '' : value.slice(-4) }
}
