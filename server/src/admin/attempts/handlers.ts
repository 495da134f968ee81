import type { AttemptFilter, AttemptPage, RequestLogStore } from '../../telemetry/stores.ts'
import type { Handlers } from '../handlers.ts'
import type { KeyNames } from '../keys/resolve-keys.ts'
import { sinceOf } from '../stats/periods.ts'

export type AttemptsDeps = {
  readonly attempts: Pick<RequestLogStore, 'list'>
  readonly keyNames: KeyNames
  readonly now: () => number
}

type AttemptsEndpoints = 'getAttempts' | 'getCallDetails' | 'getKeyDetails'

/** The request log, read. */
export function attemptsHandlers(deps: AttemptsDeps): Pick<Handlers, AttemptsEndpoints> {
  const { attempts, keyNames, now } = deps

  async function list(filter: AttemptFilter, page: AttemptPage) {
    const { rows, next } = await attempts.list(filter, page)
    // The name before the copy: behind it, it costs many times as much.
    const shown = rows.map((row) => ({ keyEnd: keyNames.endOf(row.keyId), ...row }))
    return { rows: shown, ...(next === undefined ? {} : { next }) }
  }

  return {
    getAttempts: ({ limit, before, key, ...filter }) =>
      list(
        { ...filter, keyIds: key === undefined ? undefined : keyNames.find(key) },
        { limit, before },
      ),
    getCallDetails: ({ period, limit, before }) =>
      list({ from: sinceOf(period, now()) }, { limit, before }),
    getKeyDetails: ({ key, period, limit, before }) =>
      list({ keyIds: keyNames.find(key), from: sinceOf(period, now()) }, { limit, before }),
  }
}
