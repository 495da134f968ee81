import type { Period, StatsWindow } from '@gemini-balance/contract'
import type { Histogram } from '../../telemetry/usage/histogram.ts'
import { quantile } from '../../telemetry/usage/histogram.ts'
import type { PriceStore, Range, UsageStore } from '../../telemetry/stores.ts'
import type { ZoneCalendar } from '../../runtime/time/calendar.ts'
import type { Handlers } from '../handlers.ts'
import type { KeyNames } from '../keys/key-names.ts'
import { bucketsOf, isDrawnByDay, sinceOf } from './periods.ts'
import { addSum, emptySums, groupSums } from './sums.ts'
import { momentOf } from '../moments.ts'
import type { CallerNames } from '../tokens/caller-names.ts'

export type StatsDeps = {
  readonly usage: UsageStore
  readonly prices: Pick<PriceStore, 'all'>
  readonly keyNames: KeyNames
  readonly callerNames: CallerNames
  readonly calendar: ZoneCalendar
  readonly now: () => number
}

type StatsEndpoints = 'getStats' | 'getSeries' | 'getUsageBy' | 'listBusyKeys'

const minuteMs = 60_000

/** Reads sums, never the request log. */
export function statsHandlers(deps: StatsDeps): Pick<Handlers, StatsEndpoints> {
  const { usage, prices, keyNames, callerNames, calendar, now } = deps
  return {
    async getStats() {
      const to = now() + minuteMs
      const known = await prices.all()
      const windowSince = async (range: Omit<Range, 'to'>): Promise<StatsWindow> => {
        const sums = groupSums(await usage.sums({ ...range, to }, 'verdict'), known, () => '')
        return { since: momentOf(range.from), ...(sums.get('') ?? emptySums()) }
      }
      const starts = startsAt(now(), calendar)
      return {
        windows: {
          minute: await windowSince(starts.minute),
          hour: await windowSince(starts.hour),
          day: await windowSince(starts.day),
          month: await windowSince(starts.month),
        },
      }
    },

    async getSeries({ period }) {
      const starts = bucketsOf(period, now(), calendar)
      const range = { from: starts[0] ?? now(), to: now() + minuteMs, byDay: isDrawnByDay(period) }
      const buckets = starts.map((at) => ({ at, ...emptySums() }))
      for (const sum of await usage.series(range)) {
        const bucket = buckets.findLast(({ at }) => at <= sum.at)
        if (bucket !== undefined) addSum(bucket, sum)
      }
      return { buckets: buckets.map(({ at, ...sums }) => ({ at: momentOf(at), ...sums })) }
    },

    async getUsageBy({ of, period }) {
      const range = rangeOf(period, deps)
      const known = await prices.all()
      const groups = groupSums(await usage.sums(range, of), known, ({ name }) => String(name))
      const times = await usage.times(range, of)
      const nameOf = of === 'caller' ? await callerNames([...groups.keys()]) : undefined
      const rows = [...groups].map(([name, sums]) => ({
        name: nameOf?.(name) ?? name,
        ...(nameOf === undefined ? {} : { id: name }),
        ...sums,
        durationMs: quantilesOf(times.get(name)?.durations),
        firstByteMs: quantilesOf(times.get(name)?.firstBytes),
      }))
      return {
        since: momentOf(range.from),
        rows: rows.toSorted((one, other) => other.total - one.total),
      }
    },

    async listBusyKeys({ period, limit }) {
      const range = { from: sinceOf(period, now()), to: now() + minuteMs }
      const found = await usage.busiestKeys(range, { limit })
      const keys = found.map(({ keyId, count }) => ({
        keyId,
        keyEnd: keyNames.maskedKey(keyId),
        count,
      }))
      return { keys }
    },
  }
}

function startsAt(now: number, calendar: ZoneCalendar) {
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

const rounded = (value: number | undefined) => (value === undefined ? null : Math.round(value))

function quantilesOf(histogram: Histogram | undefined) {
  if (histogram === undefined) return null
  const at = (share: number) => rounded(quantile(histogram, share))
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}
