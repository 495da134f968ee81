import type { TokenView } from '@gemini-balance/contract'
import { tokenIdOf, type ClientToken } from '../../auth/clients/client-token.ts'
import type { TokenCounters } from '../../auth/clients/token-meter.ts'
import { maybeMoment, momentOf } from '../moments.ts'

export function presentToken(token: ClientToken, use: TokenCounters | undefined): TokenView {
  const { digest, hint, source, createdAt, name, enabled, limits } = token
  return {
    id: tokenIdOf(digest),
    hint,
    source,
    createdAt: momentOf(createdAt),
    name,
    enabled,
    limits: presentLimits(limits),
    expiresAt: maybeMoment(token.expiresAt) ?? null,
    allowedModels: token.allowedModels ?? null,
    allowedDialects: token.allowedDialects ?? null,
    use: use === undefined ? {} : presentUse(use),
  }
}

function presentLimits(limits: ClientToken['limits']): TokenView['limits'] {
  return {
    requestsPerMinute: limits.requestsPerMinute,
    requestsPerDay: limits.requestsPerDay,
    tokensPerMinute: limits.tokensPerMinute,
    tokensPerDay: limits.tokensPerDay,
    concurrent: limits.concurrent,
    budgetPerMonth: limits.budgetPerMonth,
  }
}

function presentUse(use: TokenCounters): TokenView['use'] {
  return {
    requestsThisMinute: use.requestsThisMinute,
    requestsToday: use.requestsToday,
    tokensThisMinute: use.tokensThisMinute,
    tokensToday: use.tokensToday,
    running: use.running,
    costThisMonth: use.costThisMonth,
  }
}
