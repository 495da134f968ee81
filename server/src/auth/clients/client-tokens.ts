import type { ClientTokenStore } from '../stores.ts'
import { hash, randomBytes } from 'node:crypto'
import { tokenIdOf, type ClientToken, type TokenTerms } from './client-token.ts'
import type { TokenUse } from './token-meter.ts'
import type { TokenRegistry } from './token-registry.ts'

export type ClientTokensDeps = {
  readonly store: ClientTokenStore
  readonly registry: TokenRegistry
  readonly now: () => number
  /** Takes a token out of ALLOWED_TOKENS: it is known there by its digest. */
  readonly removeFromSettings: (digest: string) => Promise<void>
}

/** The client tokens as an operator manages them; every change is in force before it is stored. */
export type ClientTokens = {
  all(): readonly ClientToken[]
  use(digest: string): TokenUse | undefined
  /** Makes a token. Its value is told here and never again. */
  create(terms: TokenTerms): Promise<{ readonly value: string; readonly token: ClientToken }>
  /** Answers false when there is no such token. */
  change(id: string, said: Partial<TokenTerms>): Promise<boolean>
  remove(id: string): Promise<boolean>
  /** The values of ALLOWED_TOKENS, and the admin token, from now on. */
  follow(allowed: readonly string[], adminToken: string): Promise<void>
}

export async function createClientTokens(deps: ClientTokensDeps): Promise<ClientTokens> {
  const { store, registry, now } = deps
  let tokens: readonly ClientToken[] = await store.all()
  let adminToken = ''

  function put(next: readonly ClientToken[]): void {
    tokens = next
    registry.set(tokens, adminToken)
  }

  const find = (id: string) => tokens.find(({ digest }) => tokenIdOf(digest) === id)

  return {
    all: () => tokens,
    use: (digest) => registry.use(tokenIdOf(digest), now()),

    async create(terms) {
      const value = `gb-${randomBytes(32).toString('base64url')}`
      const token: ClientToken = { ...terms, ...markOf(value), source: 'admin', createdAt: now() }
      await store.change({ removed: [], added: [token] })
      put([...tokens, token])
      return { value, token }
    },

    async change(id, said) {
      const token = find(id)
      if (token === undefined) return false
      const changed = { ...token, ...said }
      const isStored = await store.update(token.digest, changed)
      put(tokens.map((one) => (one.digest === token.digest ? changed : one)))
      return isStored
    },

    async remove(id) {
      const token = find(id)
      if (token === undefined) return false
      if (token.source === 'settings') await deps.removeFromSettings(token.digest)
      await store.change({ removed: [token.digest], added: [] })
      put(tokens.filter(({ digest }) => digest !== token.digest))
      return true
    },

    async follow(allowed, admin) {
      adminToken = admin
      const change = difference(tokens, allowed, now())
      const gone = new Set(change.removed)
      put([...tokens.filter(({ digest }) => !gone.has(digest)), ...change.added])
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

/** What ALLOWED_TOKENS adds to the tokens that are known, and what it no longer holds. */
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

/** What is kept of a token. A short one shows nothing of itself. */
function markOf(value: string): { readonly digest: string; readonly hint: string } {
  return { digest: hash('sha256', value), hint: value.length < 12 ? '' : value.slice(-4) }
}
