import type { MetaStore } from '../../runtime/meta-store.ts'
import type { Kysely } from 'kysely'
import type { SecretBox } from '../encryption/secret-box.ts'
import { isSecretMeta } from '../encryption/secret-places.ts'
import { readMeta, writeMeta } from './meta-rows.ts'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

export function createMetaStore(db: Kysely<Schema>, box: SecretBox): MetaStore {
  async function read(step: Kysely<Schema>, name: string): Promise<string | undefined> {
    const value = await readMeta(step, name)
    return value !== undefined && isSecretMeta(name) ? box.open(value) : value
  }
  const write = (step: Kysely<Schema>, name: string, value: string) =>
    writeMeta(step, name, isSecretMeta(name) ? box.seal(value) : value)

  return {
    get: (name) => read(db, name),
    set: (name, value) => inTransaction(db, (step) => write(step, name, value)),
    async remove(name) {
      await db.deleteFrom('meta').where('name', '=', name).execute()
    },
    getOrMake: (name, make) =>
      inTransaction(db, async (step) => {
        const known = await read(step, name)
        if (known !== undefined) return known
        const made = make()
        await write(step, name, made)
        return made
      }),
  }
}
