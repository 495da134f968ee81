import type { PriceStore } from '../../telemetry/stores.ts'
import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

export function createPriceStore(db: Kysely<Schema>): PriceStore {
  return {
    all: () => db.selectFrom('prices').selectAll().orderBy('model').orderBy('since').execute(),
    replace: (prices) =>
      inTransaction(db, async (step) => {
        await step.deleteFrom('prices').execute()
        if (prices.length > 0)
          await step
            .insertInto('prices')
            .values([...prices])
            .execute()
      }),
  }
}
