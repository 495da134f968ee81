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
import type { PriceBook } from '../../telemetry/usage/price-book.ts'
import { budgetWarning } from '../../auth/clients/budget-warning.ts'
import { momentOf } from '../moments.ts'
import { presentToken } from './present.ts'

type TokenEndpoints = 'listTokens' | 'createToken' | 'changeToken' | 'deleteToken'

export type TokenHandlerDeps = {
  readonly tokens: ClientTokens
  readonly audit: Auditor
  readonly prices: Pick<PriceBook, 'current'>
}

/** Client tokens, their limits and their use. */
export function tokenHandlers(deps: TokenHandlerDeps): Pick<Handlers, TokenEndpoints> {
  const { tokens, audit, prices } = deps
  const viewOf = (token: ClientToken) => presentToken(token, tokens.counters(token.digest))
  const find = (id: string) => tokens.all().find(({ digest }) => tokenIdOf(digest) === id)
  const warningsOf = (token: ClientToken | undefined): string[] => {
    const priced = prices.current().map(({ model }) => model)
    const warning = token && budgetWarning(token, priced)
    return warning === undefined ? [] : [warning]
  }
  return {
    listTokens: async () => ({ tokens: tokens.all().map(viewOf) }),
    async createToken(input, by) {
      const { value, token } = await tokens.create({ ...openTerms, ...patchOf(input) })
      const subject = tokenIdOf(token.digest)
      await audit(by, { action: 'token-created', subject, detail: { name: token.name } })
      return { token: value, shown: viewOf(token), warnings: warningsOf(token) }
    },
    async changeToken({ id, ...terms }, by) {
      const done = await tokens.change(id, patchOf(terms))
      if (done) await audit(by, { action: 'token-changed', subject: id, detail: changeOf(terms) })
      return { done, warnings: warningsOf(find(id)) }
    },
    async deleteToken({ id }, by) {
      const name = find(id)?.name ?? ''
      const done = await tokens.remove(id)
      if (done) await audit(by, { action: 'token-deleted', subject: id, detail: { name } })
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

/** As the audit log keeps a change: times as the API says them. */
const changeOf = ({ expiresAt, ...terms }: TokenPatch) => ({
  ...terms,
  ...(typeof expiresAt === 'number' ? { expiresAt: momentOf(expiresAt) } : {}),
  ...(expiresAt === null ? { expiresAt } : {}),
})

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
