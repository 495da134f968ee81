import type {
  UsageStore,
  KindSum,
  MomentSum,
  KeySum,
  KeyCount,
  Times,
  Range,
} from '../../telemetry/stores.ts'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { forEachInSlices } from '../../runtime/slices/for-each-in-slices.ts'
import type { HistoryDeps } from '../history/history-deps.ts'
import type { Schema } from '../database/schema.ts'
import { coverRange, type Segment } from './coverage.ts'
import { addHistogram } from '../../telemetry/usage/histogram.ts'
import { createMerger } from './merge-rollups.ts'
import { minuteMs, spans, startOf } from './spans.ts'

export function createUsageStore({ db, reads }: HistoryDeps): UsageStore {
  const merger = createMerger(db)
  const cover = async (range: Range) =>
    coverRange({ ...range, from: startOf(range.from, minuteMs) }, await merger.marks())
  return {
    ...merger,
    async sums(range, by) {
      const dimension = sql.ref(`kind.${by}`)
      return selectAll<KindSum>(
        reads,
        await cover(range),
        (within) => sql`select ${dimension} as name, kind.model as model, kind.verdict as verdict,
          sum(sums.requests) as requests, ${totals}
          from rollups as sums join kinds as kind on kind.id = sums.kind_id
          where ${within} group by ${dimension}, kind.model, kind.verdict`,
      )
    },

    async series(range) {
      return selectAll<MomentSum>(
        reads,
        await cover(range),
        (within) => sql`select sums.at as at, kind.verdict as verdict,
          sum(sums.requests) as requests, ${totals}
          from rollups as sums join kinds as kind on kind.id = sums.kind_id
          where ${within} group by sums.at, kind.verdict`,
      )
    },

    async times(range, by) {
      const rows = await selectAll<TimesRow>(
        reads,
        await cover(range),
        (within) => sql`select ${sql.ref(`kind.${by}`)} as name, sums.durations as durations,
          sums.first_bytes as first_bytes
          from rollups as sums join kinds as kind on kind.id = sums.kind_id
          where ${within} and kind.verdict = 'answered'`,
      )
      return addTimes(rows)
    },

    async sumsOfKey(keyId, { from, to }) {
      const { rows } = await sql<KeySum>`with recursive ${momentsOf({ from, to })}
        select sums.key_id as ${sql.id('keyId')},
        kind.model as model, kind.status as status, kind.verdict as verdict,
        max(sums.last_at) as ${sql.id('lastAt')}, ${totals}
        from moments join key_rollups as sums on sums.span = moments.span and sums.at = moments.at
          and sums.key_id = ${keyId}
        join kinds as kind on kind.id = sums.kind_id
        group by sums.key_id, kind.model, kind.status, kind.verdict`.execute(reads)
      return rows
    },

    async busiestKeys({ from, to }, { status, limit }) {
      const ofStatus =
        status === undefined
          ? sql``
          : sql`and sums.kind_id in (select id from kinds where status = ${status})`
      const { rows } = await sql<KeyCount>`select sums.key_id as ${sql.id('keyId')},
        sum(sums.attempts) as count from key_rollups as sums
        where sums.span in (2, 3) and sums.at >= ${from} and sums.at < ${to} ${ofStatus}
        group by sums.key_id order by count desc, sums.key_id limit ${sql.lit(limit)}`.execute(
        reads,
      )
      return rows
    },
  }
}

/** The times at which sums of keys begin, found by stepping from one to the next without reading other keys. */
function momentsOf({ from, to }: Range): RawBuilder<unknown> {
  const next = (span: RawBuilder<unknown>, after: RawBuilder<unknown>) =>
    sql`(select min(sums.at) from key_rollups as sums
      where sums.span = ${span} and sums.at ${after} and sums.at < ${to})`
  const first = (span: number) => sql`select ${sql.lit(span)} as span,
    ${next(sql.lit(span), sql`>= ${from}`)} as at`
  return sql`moments (span, at) as (
    ${first(spans.hour)} union all ${first(spans.day)} union all
    select moments.span, ${next(sql`moments.span`, sql`> moments.at`)}
    from moments where moments.at is not null)`
}

type TimesRow = { name: string | number; durations: string; first_bytes: string }

const totals = sql`sum(sums.attempts) as attempts, sum(sums.prompt_tokens) as ${sql.id('promptTokens')},
  sum(sums.output_tokens) as ${sql.id('outputTokens')}, sum(sums.thought_tokens) as ${sql.id('thoughtTokens')},
  sum(sums.cached_tokens) as ${sql.id('cachedTokens')}`

async function selectAll<Row>(
  db: Kysely<Schema>,
  segments: readonly Segment[],
  select: (within: RawBuilder<unknown>) => RawBuilder<unknown>,
): Promise<Row[]> {
  const found: Row[] = []
  for (const { span, from, to } of segments) {
    const within = sql`sums.span = ${span} and sums.at >= ${from} and sums.at < ${to}`
    const { rows } = await sql<Row>`${select(within)}`.execute(db)
    for (const row of rows) found.push(row)
  }
  return found
}

/** Adds up a few rows at a time, so that requests do not wait for a report. */
async function addTimes(rows: readonly TimesRow[]): Promise<Map<string, Times>> {
  const found = new Map<string, Times>()
  await forEachInSlices(rows, (some) => {
    for (const row of some) {
      const name = String(row.name)
      const times = found.get(name) ?? { durations: new Map(), firstBytes: new Map() }
      found.set(name, times)
      addHistogram(times.durations, row.durations)
      addHistogram(times.firstBytes, row.first_bytes)
    }
  })
  return found
}
