import type { EndpointInput, TokenShown } from '@gemini-balance/contract'
import type { ClientTokens } from '../../tokens/client-tokens.ts'
import {
  tokenIdOf,
  type ClientToken,
  type TokenLimits,
  type TokenTerms,
} from '../../tokens/client-token.ts'
import type { Handlers } from '../handlers.ts'

type TokensEndpoints = 'getTokens' | 'createToken' | 'changeToken' | 'deleteToken'

/** The client tokens: what they may do, and what they have used. */
export function tokensHandlers(tokens: ClientTokens): Pick<Handlers, TokensEndpoints> {
  return {
    getTokens: async () => ({ tokens: tokens.all().map((token) => shown(tokens, token)) }),
    async createToken(input) {
      const { value, token } = await tokens.create({ ...openTerms, ...saidOf(input) })
      return { token: value, shown: shown(tokens, token) }
    },
    changeToken: async ({ id, ...input }) => ({ done: await tokens.change(id, saidOf(input)) }),
    deleteToken: async ({ id }) => ({ done: await tokens.remove(id) }),
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
    use: { ...tokens.use(digest) },
  }
}
