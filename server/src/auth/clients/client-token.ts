import type { ClientDialect } from '@gemini-balance/contract'

/** What a client token may use up. Undefined: as much as there is. */
export type TokenLimits = {
  readonly requestsPerMinute?: number | undefined
  readonly requestsPerDay?: number | undefined
  /** Prompt, answer and thoughts together. */
  readonly tokensPerMinute?: number | undefined
  readonly tokensPerDay?: number | undefined
  /** Calls under way at one time. */
  readonly concurrent?: number | undefined
  /** In the currency of the price table, per calendar month. */
  readonly budgetPerMonth?: number | undefined
}

/** What an operator says of a client token. */
export type TokenTerms = {
  readonly name: string
  readonly enabled: boolean
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined
  /** Models by Google's name; `*` at the end stands for whatever follows. Undefined: all. */
  readonly allowedModels: readonly string[] | undefined
  readonly allowedDialects: readonly ClientDialect[] | undefined
  readonly limits: TokenLimits
}

/** A token that clients call with. The token itself is known to nobody: this is its digest. */
export type ClientToken = TokenTerms & {
  /** SHA-256 in hexadecimal digits. */
  readonly digest: string
  /** The last four characters, to know it by. */
  readonly hint: string
  /** `settings`: it stands in ALLOWED_TOKENS and goes when it is taken out there. */
  readonly source: 'settings' | 'admin'
  readonly createdAt: number
}

/** Names a token in logs without telling anything of it. */
export const tokenIdOf = (digest: string) => digest.slice(0, 12)

export function allowsModel({ allowedModels }: Pick<TokenTerms, 'allowedModels'>, model: string) {
  if (allowedModels === undefined) return true
  return allowedModels.some((allowed) =>
    allowed.endsWith('*') ? model.startsWith(allowed.slice(0, -1)) : model === allowed,
  )
}
