import type { SignatureStore, SignatureRow } from '../../resources/stores.ts'
import type { Kysely } from 'kysely'
import { chunks } from '../../runtime/chunks.ts'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

/** As long as the column is. */
const longestSignatureName = 200
const rowsAtOnce = 500

export function createSignatureStore(db: Kysely<Schema>): SignatureStore {
  return {
    async newest(limit) {
      const rows = await db
        .selectFrom('thought_signatures')
        .selectAll()
        .orderBy('at', 'desc')
        .orderBy('name', 'desc')
        .limit(limit)
        .execute()
      return rows.toReversed()
    },

    async insertMany(rows) {
      const short = rows.filter(({ name }) => name.length <= longestSignatureName)
      const last = [...new Map(short.map((row) => [row.name, row])).values()]
      if (last.length === 0) return
      await inTransaction(db, async (step) => {
        for (const some of chunks(last, rowsAtOnce)) await write(step, some)
      })
    },

    async prune({ before, keep, limit }) {
      const old = await oldest(db, limit, before)
      const total = await count(db)
      const excess = Math.min(total - keep, limit)
      const names = excess > old.length ? await oldest(db, excess) : old
      for (const some of chunks(names, rowsAtOnce)) {
        await db.deleteFrom('thought_signatures').where('name', 'in', some).execute()
      }
      return names.length
    },
  }
}

async function write(step: Kysely<Schema>, rows: readonly SignatureRow[]): Promise<void> {
  const names = rows.map(({ name }) => name)
  await step.deleteFrom('thought_signatures').where('name', 'in', names).execute()
  const values = rows.map(({ name, signature, at }) => ({ name, signature, at }))
  await step.insertInto('thought_signatures').values(values).execute()
}

async function oldest(db: Kysely<Schema>, limit: number, before?: number): Promise<string[]> {
  let query = db
    .selectFrom('thought_signatures')
    .select('name')
    .orderBy('at')
    .orderBy('name')
    .limit(limit)
  if (before !== undefined) query = query.where('at', '<', before)
  return (await query.execute()).map(({ name }) => name)
}

async function count(db: Kysely<Schema>): Promise<number> {
  const row = await db
    .selectFrom('thought_signatures')
    .select(({ fn }) => fn.countAll().as('rows'))
    .executeTakeFirst()
  return Number(row?.rows ?? 0)
}
