import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

const counterId = 1
/** Ids reserved at once. Those that a process leaves are never used. */
const idsAtOnce = 4096

/** Returns the first of `count` consecutive ids that no other process has. */
export function createIdSource(db: Kysely<Schema>): (count: number) => Promise<number> {
  let next = 1
  let end = 1
  return async (count) => {
    if (next + count > end) {
      const size = Math.max(idsAtOnce, count)
      end = (await inTransaction(db, (step) => reserve(step, size))) + 1
      next = end - size
    }
    next += count
    return next - count
  }
}

/** The last of the ids reserved. */
async function reserve(step: Kysely<Schema>, size: number): Promise<number> {
  const { numUpdatedRows } = await step
    .updateTable('attempt_counter')
    .set((set) => ({ last_id: set('last_id', '+', size) }))
    .where('id', '=', counterId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) {
    await step.insertInto('attempt_counter').values({ id: counterId, last_id: size }).execute()
    return size
  }
  const { last_id } = await step
    .selectFrom('attempt_counter')
    .select('last_id')
    .where('id', '=', counterId)
    .executeTakeFirstOrThrow()
  return last_id
}
