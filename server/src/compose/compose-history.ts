import { attemptsHandlers } from '../admin/attempts/attempts-handlers.ts'
import { errorsHandlers } from '../admin/errors/errors-handlers.ts'
import { createKeyNames } from '../admin/key-names.ts'
import { statsHandlers } from '../admin/stats/stats-handlers.ts'
import type { KeyBook } from '../key-book/key-book.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { PriceBook } from '../usage/price-book.ts'
import type { Storage } from '../storage/open-storage.ts'

export type HistoryParts = {
  readonly book: KeyBook
  readonly storage: Pick<Storage, 'attempts' | 'errors' | 'usage'>
  readonly prices: PriceBook
  readonly settings: LiveSettings
}

/** What operators see of the past. */
export function composeHistory({ storage, settings, book, prices }: HistoryParts) {
  const { attempts, errors, usage } = storage
  const keyNames = createKeyNames(book)
  const timezone = () => settings.current().timezone
  const now = Date.now
  return {
    ...attemptsHandlers({ attempts, keyNames, now }),
    ...errorsHandlers({ errors, keyNames, timezone }),
    ...statsHandlers({ usage, prices, keyNames, timezone, now }),
  }
}
