import type { EndpointInput, TokenShown } from '@gemini-balance/contract'
import type { ClientTokens } from '../../auth/clients/client-tokens.ts'
import {
  tokenIdOf,
  type ClientToken,
  type TokenLimits,
  type TokenTerms,
} from '../../auth/clients/client-token.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { Handlers } from '../handlers.ts'

type TokensEndpoints = 'getTokens' | 'createToken' | 'changeToken' | 'deleteToken'

export type TokensHandlerDeps = { readonly tokens: ClientTokens; readonly audit: Auditor }

/** The client tokens: what they may do, and what they have used. */
export function tokensHandlers({
  tokens,
  audit,
}: TokensHandlerDeps): Pick<Handlers, TokensEndpoints> {
  return {
    getTokens: async () => ({ tokens: tokens.all().map((token) => shown(tokens, token)) }),
    async createToken(input, by) {
      const { value, token } = await tokens.create({ ...openTerms, ...saidOf(input) })
      const { id, ...terms } = shown(tokens, token)
      await audit(by, { action: 'token-created', subject: id, detail: { name: terms.name } })
      return { token: value, shown: { id, ...terms } }
    },
    async changeToken({ id, ...input }, by) {
      const done = await tokens.change(id, saidOf(input))
      if (done) await audit(by, { action: 'token-changed', subject: id, detail: { ...input } })
      return { done }
    },
    async deleteToken({ id }, by) {
      const done = await tokens.remove(id)
      if (done) await audit(by, { action: 'token-deleted', subject: id })
      return { done }
    },
  }
}

const openTerms: TokenTerms = {
  name: '',
  enabled: true,
  expiresAt: undefined,
  allowedModels: undefined,
  allowedDialects: undefined,
  limits: {},
}

type Said = Omit<EndpointInput<'changeToken'>, 'id'>

/** On the wire null means none; inside undefined does. */
function saidOf(input: Said): Partial<TokenTerms> {
  const { name, enabled, expiresAt, allowedModels, allowedDialects, limits } = input
  return {
    ...(name === undefined ? {} : { name }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt ?? undefined }),
    ...(allowedModels === undefined ? {} : { allowedModels: allowedModels ?? undefined }),
    ...(allowedDialects === undefined ? {} : { allowedDialects: allowedDialects ?? undefined }),
    ...(limits === undefined ? {} : { limits: limitsOf(limits) }),
  }
}

function limitsOf(limits: NonNullable<Said['limits']>): TokenLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => typeof value === 'number'))
}

function shown(tokens: ClientTokens, token: ClientToken): TokenShown {
  const { digest, hint, source, createdAt, name, enabled, limits } = token
  return {
    id: tokenIdOf(digest),
    hint,
    source,
    createdAt,
    name,
    enabled,
    limits: { ...limits },
    expiresAt: token.expiresAt ?? null,
    allowedModels: token.allowedModels === undefined ? null : [...token.allowedModels],
    allowedDialects: token.allowedDialects === undefined ? null : [...token.allowedDialects],
    use: { ...tokens.counters(digest) },
  }
}
