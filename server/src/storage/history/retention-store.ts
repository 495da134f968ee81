import type { RetentionStore } from '../../telemetry/stores.ts'
import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { idsInPart } from './part-of.ts'
import { deleteErrorRows } from './error-store.ts'

export function createRetentionStore(db: Kysely<Schema>): RetentionStore {
  return {
    async deleteAttempts(before, limit) {
      const old = await oldest(db, { table: 'attempts', before, limit })
      if (old.length > 0) await db.deleteFrom('attempts').where('id', 'in', old).execute()
      return old.length
    },
    async deleteErrors(before, limit) {
      const old = await oldest(db, { table: 'errors', before, limit })
      await deleteErrorRows(db, old)
      return old.length
    },
    async deleteEmptyParts() {
      const kept = Math.min(await firstPart(db, 'attempts'), await firstPart(db, 'errors'))
      if (!Number.isFinite(kept)) return
      await db.deleteFrom('part_kinds').where('part', '<', kept).execute()
      await db.deleteFrom('log_parts').where('part', '<', kept).execute()
    },
  }
}

type Old = { table: 'attempts' | 'errors'; before: number; limit: number }

/**
 * The first rows of the log that began before a moment. Rows are in the order in which they ended, so old rows may follow newer ones: the
 * search ends with the last part that holds an old row.
 */
async function oldest(db: Kysely<Schema>, { table, before, limit }: Old): Promise<number[]> {
  const last = await db
    .selectFrom('log_parts')
    .select((select) => select.fn.max('part').as('part'))
    .where('first_at', '<', before)
    .executeTakeFirst()
  if (last?.part === undefined || last.part === null) return []
  const found = await db
    .selectFrom(table)
    .select('id')
    .where('id', '<', (last.part + 1) * idsInPart)
    .where('at', '<', before)
    .orderBy('id')
    .limit(limit)
    .execute()
  return found.map(({ id }) => id)
}

async function firstPart(db: Kysely<Schema>, table: 'attempts' | 'errors'): Promise<number> {
  const first = await db.selectFrom(table).select('part').orderBy('id').limit(1).executeTakeFirst()
  return first?.part ?? Infinity
}
