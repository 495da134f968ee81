import { hash } from 'node:crypto'
import { attemptHandlers } from '../admin/attempts/handlers.ts'
import { compatErrorHandlers } from '../admin/compat/error-handlers.ts'
import { compatStatsHandlers } from '../admin/compat/stats-handlers.ts'
import { createKeyNames } from '../admin/keys/key-names.ts'
import { refusalHandlers } from '../admin/refusals/handlers.ts'
import { createCallerNames } from '../admin/tokens/caller-names.ts'
import { tokenIdOf } from '../auth/clients/client-token.ts'
import type { ClientTokens } from '../auth/clients/client-tokens.ts'
import { priceHandlers } from '../admin/prices/handlers.ts'
import { statsHandlers } from '../admin/stats/handlers.ts'
import type { KeyRegistry } from '../keys/key-registry.ts'
import { createCalendar } from '../runtime/time/calendar.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { PriceBook } from '../telemetry/usage/price-book.ts'
import type { Storage } from '../storage/storage.ts'

export type HistoryParts = {
  readonly keyRegistry: KeyRegistry
  readonly storage: Pick<Storage, 'requestLog' | 'errors' | 'usage' | 'audit' | 'refusals'>
  readonly tokens: Pick<ClientTokens, 'all'>
  readonly prices: PriceBook
  readonly settings: LiveSettings
}

/** The handlers that read and delete history. */
export function composeHistory(parts: HistoryParts) {
  const { storage, settings, keyRegistry, prices, tokens } = parts
  const { requestLog, errors, usage, audit, refusals } = storage
  const keyNames = createKeyNames(keyRegistry)
  const adminId = () => tokenIdOf(hash('sha256', settings.current().authToken))
  const callerNames = createCallerNames({ tokens, adminId, audit })
  const calendar = createCalendar(() => settings.current().timezone)
  const now = Date.now
  return {
    ...attemptHandlers({ requestLog, keyNames, callerNames }),
    ...refusalHandlers({ refusals, callerNames }),
    ...statsHandlers({ usage, prices, keyNames, callerNames, calendar, now }),
    ...priceHandlers(prices),
    ...compatErrorHandlers({ errors, keyNames, calendar }),
    ...compatStatsHandlers({ requestLog, usage, keyNames, callerNames, now }),
  }
}
