import type { RollupMerger, MergedSpan, OldSums, Marks } from '../../telemetry/stores.ts'
import { sql, type Kysely } from 'kysely'
import { bulkInsert } from '../database/bulk-insert.ts'
import { chunks } from '../../runtime/chunks.ts'
import type { Schema } from '../database/schema.ts'
import { hourMs, spans } from './spans.ts'
import { emptyTally, type KindTally } from './tally.ts'
import { addRow, keyRollupsTarget, rollupsTarget, rollupValues } from './rollup-values.ts'
import { inTransaction } from '../database/in-transaction.ts'

const kindsAtOnce = 100
const keysAtOnce = 500
const everyWriter = 0

export function createMerger(db: Kysely<Schema>): RollupMerger {
  return {
    marks: () => readMarks(db),
    async mergeHour(from) {
      const to = from + hourMs
      await merge(db, { source: spans.minute, target: spans.hour, from, to })
      await writeMark(db, 'usage-hours-until', to)
    },
    async mergeDay({ from, to }) {
      const isWhole = from % hourMs === 0 && to % hourMs === 0
      const source = isWhole ? spans.hour : spans.minute
      await merge(db, { source, target: spans.day, from, to })
      await writeMark(db, 'usage-days-until', to)
    },
    mergeKeys: (day, fromKey) => mergeKeys(db, day, fromKey),
    async oldest(table, span) {
      const row = await db
        .selectFrom(table)
        .select('at')
        .where('span', '=', spans[span])
        .orderBy('at')
        .limit(1)
        .executeTakeFirst()
      return row?.at
    },
    deleteSums: (what) => deleteSums(db, what),
  }
}

async function readMarks(db: Kysely<Schema>): Promise<Marks> {
  const rows = await db
    .selectFrom('meta')
    .selectAll()
    .where('name', 'in', ['usage-hours-until', 'usage-days-until'])
    .execute()
  const marks = new Map(rows.map(({ name, value }) => [name, Number(value)]))
  return {
    hoursUntil: marks.get('usage-hours-until') ?? 0,
    daysUntil: marks.get('usage-days-until') ?? 0,
  }
}

async function writeMark(db: Kysely<Schema>, name: string, at: number): Promise<void> {
  await inTransaction(db, async (step) => {
    await step.deleteFrom('meta').where('name', '=', name).execute()
    await step
      .insertInto('meta')
      .values({ name, value: String(at) })
      .execute()
  })
}

type Merge = MergedSpan & { readonly source: number; readonly target: number }

/** Doing it again writes the same rows, so an interrupted merge is simply repeated. */
async function merge(db: Kysely<Schema>, { source, target, from, to }: Merge): Promise<void> {
  const rowsOfSpan = () =>
    db.selectFrom('rollups').where('span', '=', source).where('at', '>=', from).where('at', '<', to)
  const kinds = await rowsOfSpan().select('kind_id').distinct().execute()
  for (const some of chunks(kinds, kindsAtOnce)) {
    const ids = some.map(({ kind_id }) => kind_id)
    const rows = await rowsOfSpan().selectAll().where('kind_id', 'in', ids).execute()
    const tallies = new Map<number, KindTally>(ids.map((id) => [id, emptyTally()]))
    for (const row of rows) addRow(tallies.get(row.kind_id) ?? emptyTally(), row)
    const place = { span: target, at: from, writer: everyWriter }
    const values = [...tallies].flatMap(([kind, tally]) => rollupValues(tally, { ...place, kind }))
    await inTransaction(db, (step) => bulkInsert(step, rollupsTarget, values))
  }
}

async function mergeKeys(
  db: Kysely<Schema>,
  { from, to }: MergedSpan,
  fromKey: number,
): Promise<number | undefined> {
  const toKey = fromKey + keysAtOnce
  await inTransaction(db, async (step) => {
    const within = sql<boolean>`span = ${spans.hour} and at >= ${from} and at < ${to}
      and key_id >= ${fromKey} and key_id < ${toKey}`
    const sums = await step
      .selectFrom('key_rollups')
      .select(({ fn }) => [
        'key_id',
        'kind_id',
        fn.sum<number>('attempts').as('attempts'),
        fn.sum<number>('prompt_tokens').as('prompt'),
        fn.sum<number>('output_tokens').as('output'),
        fn.sum<number>('thought_tokens').as('thought'),
        fn.sum<number>('cached_tokens').as('cached'),
        fn.max('last_at').as('last'),
      ])
      .where(within)
      .groupBy(['key_id', 'kind_id'])
      .execute()
    const values: unknown[] = []
    for (const sum of sums) {
      values.push(spans.day, from, sum.key_id, sum.kind_id, sum.attempts)
      values.push(sum.prompt, sum.output, sum.thought, sum.cached, sum.last)
    }
    await bulkInsert(step, keyRollupsTarget, values)
    await step.deleteFrom('key_rollups').where(within).execute()
  })
  const next = await db
    .selectFrom('key_rollups')
    .select((select) => select.fn.min('key_id').as('key'))
    .where('span', '=', spans.hour)
    .where('at', '>=', from)
    .where('at', '<', to)
    .executeTakeFirst()
  return next?.key ?? undefined
}

async function deleteSums(
  db: Kysely<Schema>,
  { table, span, before, limit }: OldSums,
): Promise<number> {
  const oldest = await db
    .selectFrom(table)
    .select('at')
    .where('span', '=', spans[span])
    .where('at', '<', before)
    .orderBy('at')
    .limit(1)
    .executeTakeFirst()
  if (oldest === undefined) return 0
  const column = table === 'rollups' ? 'kind_id' : 'key_id'
  const rows = await db
    .selectFrom(table)
    .select(sql<number>`${sql.ref(column)}`.as('id'))
    .where('span', '=', spans[span])
    .where('at', '=', oldest.at)
    .limit(limit)
    .execute()
  const { numDeletedRows } = await db
    .deleteFrom(table)
    .where('span', '=', spans[span])
    .where('at', '=', oldest.at)
    .where(sql<boolean>`${sql.ref(column)} in (${sql.join(rows.map(({ id }) => id))})`)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
