import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** Settings that were changed while running: text by environment name. */
export type SettingsRepository = {
  all(): Promise<ReadonlyMap<string, string>>
  /** All of them or none; undefined takes a value away. */
  write(values: ReadonlyMap<string, string | undefined>): Promise<void>
}

export function createSettingsRepository(
  db: Kysely<Schema>,
  now: () => number,
): SettingsRepository {
  return {
    async all() {
      const rows = await db.selectFrom('settings').select(['name', 'value']).execute()
      return new Map(rows.map(({ name, value }) => [name, value]))
    },
    async write(values) {
      const rows = [...values].flatMap(([name, value]) =>
        value === undefined ? [] : [{ name, value, updated_at: now() }],
      )
      if (values.size === 0) return
      await db.transaction().execute(async (step) => {
        await step
          .deleteFrom('settings')
          .where('name', 'in', [...values.keys()])
          .execute()
        if (rows.length > 0) await step.insertInto('settings').values(rows).execute()
      })
    },
  }
}
