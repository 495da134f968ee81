import type { Kysely } from 'kysely'
import { bulkInsert, type BulkTarget } from '../database/bulk-insert.ts'
import type { Schema } from '../database/schema.ts'
import { minuteMs, startOf } from '../rollups/spans.ts'
import { type AttemptRow } from '../../telemetry/request-log/attempt-row.ts'
import { partOf } from './part-of.ts'

/** Rows with their ids and labels. */
export type Numbered = {
  readonly rows: readonly AttemptRow[]
  readonly first: number
  readonly kinds: readonly number[]
  readonly projects: readonly number[]
}

/** The kinds of a part, and when its first and last attempts began. */
type PartSummary = {
  readonly kinds: ReadonlySet<number>
  readonly first: number
  readonly last: number
}

const partKindsTarget: BulkTarget = {
  table: 'part_kinds',
  columns: ['part', 'kind_id'],
  onDuplicate: 'keep',
}
const logPartsTarget: BulkTarget = {
  table: 'log_parts',
  columns: ['part', 'first_at', 'last_at'],
  onDuplicate: 'keep',
}

/** Keeps the index of parts true. Times are rounded outward to the minute, so that most batches change nothing. */
export function createPartIndex(db: Kysely<Schema>) {
  let last: { part: number; summary: PartSummary } | undefined
  return {
    async update(numbered: Numbered): Promise<void> {
      for (const [part, { kinds, first, last: latest }] of partsOf(numbered)) {
        const known = last?.part === part ? last.summary : undefined
        const added = [...kinds].filter((kind) => known?.kinds.has(kind) !== true)
        await bulkInsert(
          db,
          partKindsTarget,
          added.flatMap((kind) => [part, kind]),
        )
        const isInside = known !== undefined && known.first <= first && latest <= known.last
        if (!isInside) await widen(db, part, { first, last: latest })
        last = {
          part,
          summary: {
            kinds: new Set([...(known?.kinds ?? []), ...added]),
            first: Math.min(first, known?.first ?? first),
            last: Math.max(latest, known?.last ?? latest),
          },
        }
      }
    },
  }
}

function partsOf({ rows, first, kinds }: Numbered): Map<number, PartSummary> {
  const parts = new Map<number, { kinds: Set<number>; first: number; last: number }>()
  for (const [index, { at }] of rows.entries()) {
    const part = partOf(first + index)
    const minute = startOf(Math.floor(at), minuteMs)
    const summary = parts.get(part) ?? { kinds: new Set<number>(), first: minute, last: minute }
    parts.set(part, summary)
    summary.kinds.add(kinds[index] ?? 0)
    summary.first = Math.min(summary.first, minute)
    summary.last = Math.max(summary.last, minute + minuteMs - 1)
  }
  return parts
}

/** Other processes may widen it too: it never becomes narrower. */
async function widen(
  db: Kysely<Schema>,
  part: number,
  { first, last }: { first: number; last: number },
): Promise<void> {
  await bulkInsert(db, logPartsTarget, [part, first, last])
  const parts = db.updateTable('log_parts').where('part', '=', part)
  await parts.set({ first_at: first }).where('first_at', '>', first).execute()
  await parts.set({ last_at: last }).where('last_at', '<', last).execute()
}
