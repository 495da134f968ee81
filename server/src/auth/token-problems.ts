import type { SettingProblem, Settings } from '@gemini-balance/contract'
import { hash } from 'node:crypto'
import type { ClientToken } from './clients/client-token.ts'

const minLength = 16

/** Admin tokens of examples and guides, of any length. */
const examples = new Set([
  'sk-123456',
  'sk-1234567890',
  'sk-1234567890abcdef',
  'sk-your-admin-token',
  'your-admin-token',
  'your_admin_token',
  'your-auth-token-here',
  'your_auth_token_here',
  '1234567890123456',
  '0123456789abcdef',
])

const oneCharacter = /^(.)\1*$/

/** Why an admin token is too easy to guess where other machines can connect. */
export function weakTokenProblems({
  authToken,
}: Pick<Settings, 'authToken'>): readonly SettingProblem[] {
  const problem = weaknessOf(authToken)
  return problem === undefined ? [] : [{ setting: 'AUTH_TOKEN', problem }]
}

function weaknessOf(token: string): string | undefined {
  const remedy = 'Choose another one, or set HOST=127.0.0.1.'
  if (token === '') return undefined
  if (examples.has(token.toLowerCase())) return `is a well-known example. ${remedy}`
  if (token.length < minLength) return `is shorter than ${minLength} characters. ${remedy}`
  return oneCharacter.test(token) ? `is one repeated character. ${remedy}` : undefined
}

export type MetricsTokenChange = {
  /** Names of the settings that change. */
  readonly changed: ReadonlySet<string>
  readonly tokens: readonly Pick<ClientToken, 'digest'>[]
}

/** METRICS_TOKEN reads metrics only, so it may be no token of a client or of the admin. */
export function metricsTokenProblems(
  { metricsToken, authToken, allowedTokens }: TokenSettings,
  { changed, tokens }: MetricsTokenChange,
): readonly SettingProblem[] {
  if (metricsToken === '') return []
  const digest = hash('sha256', metricsToken)
  const isAdmins = metricsToken === authToken
  const isAllowed = allowedTokens.includes(metricsToken)
  const isStored = tokens.some((token) => token.digest === digest)
  if (changed.has('METRICS_TOKEN') && (isAdmins || isAllowed || isStored)) {
    const problem = 'is also a client token or the admin token. Choose another one.'
    return [{ setting: 'METRICS_TOKEN', problem }]
  }
  if (changed.has('AUTH_TOKEN') && isAdmins) {
    return [{ setting: 'AUTH_TOKEN', problem: 'is also METRICS_TOKEN. Choose another one.' }]
  }
  return changed.has('ALLOWED_TOKENS') && isAllowed
    ? [{ setting: 'ALLOWED_TOKENS', problem: 'contains METRICS_TOKEN.' }]
    : []
}

type TokenSettings = Pick<Settings, 'metricsToken' | 'authToken' | 'allowedTokens'>
