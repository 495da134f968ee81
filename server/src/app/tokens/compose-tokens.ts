import { hash } from 'node:crypto'
import { type LiveSettings, changedSettings } from '../../settings/live-settings.ts'
import type { Storage } from '../../storage/storage.ts'
import { createClientTokens, type ClientTokens } from '../../auth/clients/client-tokens.ts'
import { createTokenRegistry, type TokenRegistry } from '../../auth/clients/token-registry.ts'
import type { PriceBook } from '../../telemetry/usage/price-book.ts'
import { adminTokenProblems, generateAdminToken } from '../../auth/admins/admin-token.ts'
import { realClock } from '../../runtime/time/real-clock.ts'
import { createCalendar } from '../../runtime/time/calendar.ts'
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
  /** A new admin token, where the configured one is a client's. */
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
  settings.addCheck((next, changed) => adminTokenProblems(next, { changed, tokens: tokens.all() }))
  await follow()
  const newAdminToken = await separateAdminToken({ settings, registry })
  if (newAdminToken !== undefined) await follow()
  const { usage } = storage
  await restoreTokenUse({ registry, usage, prices, calendar, now: realClock.now() })
  settings.subscribe((now, before) => {
    const names = changedSettings(now, before).map(({ name }) => name)
    if (names.includes('allowedTokens') || names.includes('authToken')) follow().catch(onError)
  })
  return { registry, tokens, newAdminToken }
}

/**
 * Users of the Python program may have one token for everything. Clients keep it; the admin gets a new one, stored as a setting, so that
 * the old one gives no admin rights even after it stops being a client token.
 */
async function separateAdminToken({
  settings,
  registry,
}: {
  settings: LiveSettings
  registry: TokenRegistry
}): Promise<string | undefined> {
  if (registry.identify([settings.current().authToken])?.isAdmin !== false) return undefined
  const made = generateAdminToken()
  await settings.change({ AUTH_TOKEN: made })
  return made
}
