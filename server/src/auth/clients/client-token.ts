import type { ClientDialect } from '@gemini-balance/contract'

/** Limits of a client token. Undefined: no limit. */
export type TokenLimits = {
  readonly requestsPerMinute?: number | undefined
  readonly requestsPerDay?: number | undefined
  /** Prompt, answer and thoughts together. */
  readonly tokensPerMinute?: number | undefined
  readonly tokensPerDay?: number | undefined
  /** Requests running at the same time. */
  readonly concurrent?: number | undefined
  /** In the currency of the price table, per calendar month. */
  readonly budgetPerMonth?: number | undefined
}

/** What an operator sets for a client token. */
export type TokenTerms = {
  readonly name: string
  readonly enabled: boolean
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined
  /** Google's model names; a `*` at the end matches any rest. Undefined: all. */
  readonly allowedModels: readonly string[] | undefined
  readonly allowedDialects: readonly ClientDialect[] | undefined
  readonly limits: TokenLimits
}

/** A token that clients authenticate with. Only its digest is kept. */
export type ClientToken = TokenTerms & {
  /** SHA-256 in hexadecimal digits. */
  readonly digest: string
  /** Its last four characters. */
  readonly hint: string
  /** `settings`: from ALLOWED_TOKENS, and removed when it leaves that list. */
  readonly source: 'settings' | 'admin'
  readonly createdAt: number
}

/** Identifies a token in logs without revealing it. */
export const tokenIdOf = (digest: string) => digest.slice(0, 12)

export function allowsModel({ allowedModels }: Pick<TokenTerms, 'allowedModels'>, model: string) {
  if (allowedModels === undefined) return true
  return allowedModels.some((allowed) =>
    allowed.endsWith('*') ? model.startsWith(allowed.slice(0, -1)) : model === allowed,
  )
}
