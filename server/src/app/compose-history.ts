import { attemptHandlers } from '../admin/attempts/handlers.ts'
import { compatErrorHandlers } from '../admin/compat/error-handlers.ts'
import { compatStatsHandlers } from '../admin/compat/stats-handlers.ts'
import { createKeyNames } from '../admin/keys/key-names.ts'
import { priceHandlers } from '../admin/prices/handlers.ts'
import { statsHandlers } from '../admin/stats/handlers.ts'
import type { KeyRegistry } from '../keys/key-registry.ts'
import { createCalendar } from '../runtime/time/calendar.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { PriceBook } from '../telemetry/usage/price-book.ts'
import type { Storage } from '../storage/storage.ts'

export type HistoryParts = {
  readonly keyRegistry: KeyRegistry
  readonly storage: Pick<Storage, 'requestLog' | 'errors' | 'usage'>
  readonly prices: PriceBook
  readonly settings: LiveSettings
}

/** The handlers that read and delete history. */
export function composeHistory({ storage, settings, keyRegistry, prices }: HistoryParts) {
  const { requestLog, errors, usage } = storage
  const keyNames = createKeyNames(keyRegistry)
  const calendar = createCalendar(() => settings.current().timezone)
  const now = Date.now
  return {
    ...attemptHandlers({ requestLog, keyNames }),
    ...statsHandlers({ usage, prices, keyNames, calendar, now }),
    ...priceHandlers(prices),
    ...compatErrorHandlers({ errors, keyNames, calendar }),
    ...compatStatsHandlers({ requestLog, usage, keyNames, now }),
  }
}
