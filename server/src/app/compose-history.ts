import { attemptsHandlers } from '../admin/attempts/handlers.ts'
import { errorsHandlers } from '../admin/errors/handlers.ts'
import { createKeyNames } from '../admin/keys/resolve-keys.ts'
import { statsHandlers } from '../admin/stats/handlers.ts'
import type { KeyRegistry } from '../keys/key-registry.ts'
import { createCalendar } from '../runtime/calendar.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { PriceBook } from '../telemetry/usage/price-book.ts'
import type { Storage } from '../storage/storage.ts'

export type HistoryParts = {
  readonly keyRegistry: KeyRegistry
  readonly storage: Pick<Storage, 'requestLog' | 'errors' | 'usage'>
  readonly prices: PriceBook
  readonly settings: LiveSettings
}

/** What operators see of the past. */
export function composeHistory({ storage, settings, keyRegistry, prices }: HistoryParts) {
  const { requestLog, errors, usage } = storage
  const keyNames = createKeyNames(keyRegistry)
  const calendar = createCalendar(() => settings.current().timezone)
  const now = Date.now
  return {
    ...attemptsHandlers({ attempts: requestLog, keyNames, now }),
    ...errorsHandlers({ errors, keyNames, calendar }),
    ...statsHandlers({ usage, prices, keyNames, calendar, now }),
  }
}
