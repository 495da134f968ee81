import type { SettingsStore } from '../../settings/stores.ts'
import type { Kysely } from 'kysely'
import type { SecretBox } from '../encryption/secret-box.ts'
import { isSecretSetting } from '../encryption/secret-places.ts'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

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
