import type { UsageStore } from '../../telemetry/stores.ts'
import { listAttempts, type AttemptDeps } from '../attempts/list-attempts.ts'
import type { Handlers } from '../handlers.ts'
import { unknownKey } from '../keys/unknown-key.ts'
import { sinceOf } from '../stats/periods.ts'

export type CompatStatsDeps = AttemptDeps & {
  readonly usage: Pick<UsageStore, 'busiestKeys' | 'sumsOfKey'>
  readonly now: () => number
}

type StatsEndpoints =
  | 'listAttemptsOfPeriod'
  | 'listAttemptsOfKey'
  | 'listAttentionKeys'
  | 'getKeyUsage'

const minuteMs = 60_000

/** The paths of the Python program for statistics. */
export function compatStatsHandlers(deps: CompatStatsDeps): Pick<Handlers, StatsEndpoints> {
  const { usage, keyNames, now } = deps
  const lastDay = () => ({ from: sinceOf('24h', now()), to: now() + minuteMs })
  return {
    listAttemptsOfPeriod: ({ period, limit, before }) =>
      listAttempts(deps, { from: sinceOf(period, now()) }, { limit, before }),
    listAttemptsOfKey: ({ key, period, limit, before }) =>
      listAttempts(
        deps,
        { keyIds: keyNames.find(key), from: sinceOf(period, now()) },
        { limit, before },
      ),
    async listAttentionKeys({ limit, status_code }) {
      // More than asked for: some of the keys may be deleted.
      const options = { status: status_code, limit: limit * 2 }
      const found = await usage.busiestKeys(lastDay(), options)
      const keys = found.flatMap(({ keyId, count }) => {
        const key = keyNames.maskedKey(keyId)
        return key === null ? [] : [{ key_id: keyId, key, count, status_code }]
      })
      return { keys: keys.slice(0, limit) }
    },
    async getKeyUsage({ key }) {
      const [id] = keyNames.find(key)
      if (id === undefined) throw unknownKey()
      const models = new Map<string, number>()
      for (const { model, attempts } of await usage.sumsOfKey(id, lastDay())) {
        models.set(model, (models.get(model) ?? 0) + attempts)
      }
      return Object.fromEntries([...models].toSorted(([, one], [, other]) => other - one))
    },
  }
}
