import { hash } from 'node:crypto'
import type { SettingProblem, Settings } from '@gemini-balance/contract'
import { type LiveSettings, changedSettings } from '../settings/live-settings.ts'
import type { Storage } from '../storage/storage.ts'
import type { ClientToken } from '../auth/clients/client-token.ts'
import { createClientTokens, type ClientTokens } from '../auth/clients/client-tokens.ts'
import { createTokenRegistry, type TokenRegistry } from '../auth/clients/token-registry.ts'
import type { PriceBook } from '../telemetry/usage/price-book.ts'
import { makeAdminToken } from './admin-token.ts'
import { realClock } from '../runtime/real-clock.ts'
import { createCalendar } from '../runtime/calendar.ts'
import { restoreTokenUse } from './restore-token-use.ts'

export type TokensDeps = {
  readonly storage: Pick<Storage, 'tokens' | 'usage'>
  readonly settings: LiveSettings
  readonly prices: Pick<PriceBook, 'current'>
  readonly onError: (error: unknown) => void
}

export type ComposedTokens = {
  readonly registry: TokenRegistry
  readonly tokens: ClientTokens
  /** The admin token, where the one that was set is a client's. */
  readonly newAdminToken: string | undefined
}

/** Who may call: the stored client tokens, those that ALLOWED_TOKENS names, and the admin token. */
export async function composeTokens({
  storage,
  settings,
  prices,
  onError,
}: TokensDeps): Promise<ComposedTokens> {
  const calendar = createCalendar(() => settings.current().timezone)
  const registry = createTokenRegistry(calendar)
  const tokens = await createClientTokens({
    store: storage.tokens,
    registry,
    now: realClock.now,
    async removeFromSettings(digest) {
      const { allowedTokens } = settings.current()
      const kept = allowedTokens.filter((token) => hash('sha256', token) !== digest)
      await settings.change({ ALLOWED_TOKENS: kept })
    },
  })
  const follow = () => {
    const { allowedTokens, authToken } = settings.current()
    return tokens.applySettings(allowedTokens, authToken)
  }
  settings.addCheck((next, changed) => adminProblems(next, { changed, tokens: tokens.all() }))
  await follow()
  const newAdminToken = await partAdmin({ settings, registry })
  if (newAdminToken !== undefined) await follow()
  const { usage } = storage
  await restoreTokenUse({ registry, usage, prices, calendar, now: realClock.now() })
  settings.subscribe((now, before) => {
    const names = changedSettings(now, before).map(({ name }) => name)
    if (names.includes('allowedTokens') || names.includes('authToken')) follow().catch(onError)
  })
  return { registry, tokens, newAdminToken }
}

type Change = {
  readonly changed: ReadonlySet<string>
  readonly tokens: readonly ClientToken[]
}

/** A token is a client's or the admin's. */
function adminProblems(
  { authToken, allowedTokens }: Settings,
  { changed, tokens }: Change,
): readonly SettingProblem[] {
  const digest = hash('sha256', authToken)
  const isMade = tokens.some((token) => token.source === 'admin' && token.digest === digest)
  if (!isMade && !allowedTokens.includes(authToken)) return []
  if (changed.has('AUTH_TOKEN'))
    return [{ setting: 'AUTH_TOKEN', problem: 'is the token of a client: choose another one.' }]
  return changed.has('ALLOWED_TOKENS')
    ? [{ setting: 'ALLOWED_TOKENS', problem: 'holds the admin token (AUTH_TOKEN).' }]
    : []
}

/**
 * Who moves here may have one token for everything. Clients go on with it; the admin gets a new one, which is kept as a setting, so
 * that the old one opens nothing either when it is no longer a client's.
 */
async function partAdmin({
  settings,
  registry,
}: {
  settings: LiveSettings
  registry: TokenRegistry
}): Promise<string | undefined> {
  if (registry.identify([settings.current().authToken])?.isAdmin !== false) return undefined
  const made = makeAdminToken()
  await settings.change({ AUTH_TOKEN: made })
  return made
}
