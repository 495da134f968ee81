import type { SettingProblem, Settings } from '@gemini-balance/contract'
import { hash, randomBytes } from 'node:crypto'
import type { ClientToken } from '../clients/client-token.ts'

export const generateAdminToken = (): string => randomBytes(24).toString('base64url')

export type TokenChange = {
  /** Names of the settings that change. */
  readonly changed: ReadonlySet<string>
  readonly tokens: readonly Pick<ClientToken, 'source' | 'digest'>[]
}

/** A token belongs to clients or to the admin: what is wrong with settings that give it to both. */
export function adminTokenProblems(
  { authToken, allowedTokens }: Pick<Settings, 'authToken' | 'allowedTokens'>,
  { changed, tokens }: TokenChange,
): readonly SettingProblem[] {
  const digest = hash('sha256', authToken)
  const isClients =
    allowedTokens.includes(authToken) ||
    tokens.some((token) => token.source === 'admin' && token.digest === digest)
  if (!isClients) return []
  if (changed.has('AUTH_TOKEN')) {
    return [{ setting: 'AUTH_TOKEN', problem: 'is a client token. Choose another one.' }]
  }
  return changed.has('ALLOWED_TOKENS')
    ? [{ setting: 'ALLOWED_TOKENS', problem: 'contains the admin token (AUTH_TOKEN).' }]
    : []
}
