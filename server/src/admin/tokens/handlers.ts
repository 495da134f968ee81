import type { EndpointInput } from '@gemini-balance/contract'
import {
  tokenIdOf,
  type ClientToken,
  type TokenLimits,
  type TokenTerms,
} from '../../auth/clients/client-token.ts'
import type { ClientTokens } from '../../auth/clients/client-tokens.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { Handlers } from '../handlers.ts'
import { presentToken } from './present.ts'

type TokenEndpoints = 'listTokens' | 'createToken' | 'changeToken' | 'deleteToken'

export type TokenHandlerDeps = { readonly tokens: ClientTokens; readonly audit: Auditor }

/** Client tokens, their limits and their use. */
export function tokenHandlers({ tokens, audit }: TokenHandlerDeps): Pick<Handlers, TokenEndpoints> {
  const viewOf = (token: ClientToken) => presentToken(token, tokens.counters(token.digest))
  return {
    listTokens: async () => ({ tokens: tokens.all().map(viewOf) }),
    async createToken(input, by) {
      const { value, token } = await tokens.create({ ...openTerms, ...patchOf(input) })
      const subject = tokenIdOf(token.digest)
      await audit(by, { action: 'token-created', subject, detail: { name: token.name } })
      return { token: value, shown: viewOf(token) }
    },
    async changeToken({ id, ...terms }, by) {
      const done = await tokens.change(id, patchOf(terms))
      if (done) await audit(by, { action: 'token-changed', subject: id, detail: terms })
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

type TokenPatch = Omit<EndpointInput<'changeToken'>, 'id'>

/** No limit is null in JSON, and undefined in the store. */
function patchOf(input: TokenPatch): Partial<TokenTerms> {
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

function limitsOf(limits: NonNullable<TokenPatch['limits']>): TokenLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => typeof value === 'number'))
}
