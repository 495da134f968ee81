import type { Period } from '@gemini-balance/contract'
import { type Histogram, quantile } from '../../telemetry/usage/histogram.ts'
import type { PriceStore, Range, UsageStore } from '../../telemetry/stores.ts'
import type { ZoneCalendar } from '../../runtime/calendar.ts'
import { AdminError } from '../http/admin-error.ts'
import type { Handlers } from '../handlers.ts'
import type { KeyNames } from '../keys/resolve-keys.ts'
import { bucketsOf, isDrawnByDay, sinceOf } from './periods.ts'
import { addSum, emptySums, groupSums } from './sums.ts'

export type StatsDeps = {
  readonly usage: UsageStore
  readonly prices: PriceStore
  readonly keyNames: KeyNames
  readonly calendar: ZoneCalendar
  readonly now: () => number
}

type StatsEndpoints =
  | 'getStats'
  | 'getSeries'
  | 'getUsageBy'
  | 'getBusyKeys'
  | 'getAttentionKeys'
  | 'getKeyUsage'
  | 'getPrices'
  | 'putPrices'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Dashboards: everything here reads sums, never the log. */
export function statsHandlers(deps: StatsDeps): Pick<Handlers, StatsEndpoints> {
  const { usage, prices, keyNames, calendar, now } = deps
  return {
    ...keyStats(deps),
    async getStats() {
      const to = now() + minuteMs
      const known = await prices.all()
      const windows: Record<string, Record<string, unknown>> = {}
      for (const [name, range] of Object.entries(windowsAt(now(), calendar))) {
        const sums = groupSums(await usage.sums({ ...range, to }, 'verdict'), known, () => '')
        windows[name] = { since: range.from, ...(sums.get('') ?? emptySums()) }
      }
      return { windows }
    },

    async getSeries({ period }) {
      const starts = bucketsOf(period, now(), calendar)
      const range = { from: starts[0] ?? now(), to: now() + minuteMs, byDay: isDrawnByDay(period) }
      const buckets = starts.map((at) => ({ at, ...emptySums() }))
      for (const sum of await usage.series(range)) {
        const bucket = buckets.findLast(({ at }) => at <= sum.at)
        if (bucket !== undefined) addSum(bucket, sum)
      }
      return { buckets }
    },

    async getUsageBy({ of, period }) {
      const range = rangeOf(period, deps)
      const known = await prices.all()
      const groups = groupSums(await usage.sums(range, of), known, ({ name }) => String(name))
      const times = await usage.times(range, of)
      const rows = [...groups].map(([name, sums]) => ({
        name,
        ...sums,
        durationMs: quantilesOf(times.get(name)?.durations),
        firstByteMs: quantilesOf(times.get(name)?.firstBytes),
      }))
      return { since: range.from, rows: rows.toSorted((one, other) => other.total - one.total) }
    },

    async getAttentionKeys({ limit, status_code }) {
      const range = { from: now() - 24 * hourMs, to: now() + minuteMs }
      // Some of the first may be gone.
      const found = await usage.busiestKeys(range, { status: status_code, limit: limit * 2 })
      const keys = found.flatMap(({ keyId, count }) => {
        const key = keyNames.endOf(keyId)
        return key === null ? [] : [{ key_id: keyId, key, count, status_code }]
      })
      return { keys: keys.slice(0, limit) }
    },

    getPrices: async () => ({ prices: await prices.all() }),
    async putPrices({ prices: said }) {
      const names = new Set(said.map(({ model, since }) => `${model} ${since}`))
      if (names.size < said.length) {
        throw new AdminError(400, 'prices', 'A model has two prices that begin at the same time.')
      }
      await prices.replace(said)
      return { prices: await prices.all() }
    },
  }
}

function keyStats({
  usage,
  keyNames,
  now,
}: StatsDeps): Pick<Handlers, 'getBusyKeys' | 'getKeyUsage'> {
  return {
    async getBusyKeys({ period, limit }) {
      const range = { from: sinceOf(period, now()), to: now() + minuteMs }
      const found = await usage.busiestKeys(range, { limit })
      return {
        keys: found.map(({ keyId, count }) => ({ keyId, keyEnd: keyNames.endOf(keyId), count })),
      }
    },
    async getKeyUsage({ key }) {
      const [id] = keyNames.find(key)
      if (id === undefined) throw new AdminError(404, 'not-found', 'There is no such key.')
      const range = { from: now() - 24 * hourMs, to: now() + minuteMs }
      const models = new Map<string, number>()
      for (const { model, attempts } of await usage.sumsOfKey(id, range)) {
        models.set(model, (models.get(model) ?? 0) + attempts)
      }
      return Object.fromEntries([...models].toSorted(([, one], [, other]) => other - one))
    },
  }
}

function windowsAt(now: number, calendar: ZoneCalendar): Record<string, Omit<Range, 'to'>> {
  return {
    minute: { from: sinceOf('1m', now) },
    hour: { from: sinceOf('1h', now) },
    day: { from: sinceOf('24h', now) },
    month: { from: calendar.startOfMonth(now), byDay: true },
  }
}

function rangeOf(period: Period, { now, calendar }: StatsDeps): Range {
  const from = sinceOf(period, now())
  const to = now() + minuteMs
  return period === '30d' ? { from: calendar.startOfDay(from), to, byDay: true } : { from, to }
}

function quantilesOf(histogram: Histogram | undefined) {
  if (histogram === undefined) return null
  const at = (share: number) => quantile(histogram, share) ?? null
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}
