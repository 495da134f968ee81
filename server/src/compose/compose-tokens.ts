import { hash } from 'node:crypto'
import type { LiveSettings } from '../settings/live-settings.ts'
import { changedSettings } from '../settings/live-settings.ts'
import type { Storage } from '../storage/open-storage.ts'
import { utcCalendar } from '../tokens/calendar.ts'
import { createClientTokens, type ClientTokens } from '../tokens/client-tokens.ts'
import { createTokenRegistry, type TokenRegistry } from '../tokens/token-registry.ts'
import type { PriceBook } from '../usage/price-book.ts'
import { realClock } from './real-clock.ts'
import { rememberTokenUse } from './remember-token-use.ts'

export type TokensDeps = {
  readonly storage: Pick<Storage, 'clientTokens' | 'usage'>
  readonly settings: LiveSettings
  readonly prices: Pick<PriceBook, 'current'>
  readonly complain: (error: unknown) => void
}

export type ComposedTokens = {
  readonly registry: TokenRegistry
  readonly tokens: ClientTokens
}

/** Who may call: the stored client tokens, those that ALLOWED_TOKENS names, and the admin token. */
export async function composeTokens({
  storage,
  settings,
  prices,
  complain,
}: TokensDeps): Promise<ComposedTokens> {
  const registry = createTokenRegistry(utcCalendar)
  const tokens = await createClientTokens({
    store: storage.clientTokens,
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
    return tokens.follow(allowedTokens, authToken)
  }
  await follow()
  const { usage } = storage
  await rememberTokenUse({ registry, usage, prices, calendar: utcCalendar, now: realClock.now() })
  settings.subscribe((now, before) => {
    const names = changedSettings(now, before).map(({ name }) => name)
    if (names.includes('allowedTokens') || names.includes('authToken')) follow().catch(complain)
  })
  return { registry, tokens }
}
