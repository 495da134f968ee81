import type { Kysely } from 'kysely'
import type { SecretBox } from '../encryption/secret-box.ts'
import { isSecretSetting } from '../encryption/secret-places.ts'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

/** A setting's text, and who gave it: the environment of an earlier start, or a person since. */
export type StoredSetting = {
  readonly value: string
  readonly origin: 'environment' | 'database'
}

/** Settings by environment name. */
export type SettingsStore = {
  all(): Promise<ReadonlyMap<string, StoredSetting>>
  /** All of them or none; undefined takes a value away. */
  write(values: ReadonlyMap<string, StoredSetting | undefined>): Promise<void>
}

type Deps = { readonly now: () => number; readonly box: SecretBox }

export function createSettingsStore(db: Kysely<Schema>, { now, box }: Deps): SettingsStore {
  return {
    async all() {
      const rows = await db.selectFrom('settings').select(['name', 'value', 'origin']).execute()
      return new Map(
        rows.map(({ name, value, origin }) => [
          name,
          {
            value: isSecretSetting(name) ? box.open(value) : value,
            origin: origin === 'environment' ? 'environment' : 'database',
          },
        ]),
      )
    },
    async write(values) {
      const rows = [...values].flatMap(([name, setting]) => {
        if (setting === undefined) return []
        const value = isSecretSetting(name) ? box.seal(setting.value) : setting.value
        return [{ ...setting, name, value, updated_at: now() }]
      })
      if (values.size === 0) return
      await inTransaction(db, async (step) => {
        await step
          .deleteFrom('settings')
          .where('name', 'in', [...values.keys()])
          .execute()
        if (rows.length > 0) await step.insertInto('settings').values(rows).execute()
      })
    },
  }
}
