import type { Kysely } from 'kysely'
import { writeMeta } from '../stores/meta-rows.ts'
import type { Schema } from '../database/schema.ts'
import { sealRecordName } from './seal-record.ts'
import type { SecretBox } from './secret-box.ts'
import { isSecretMeta, isSecretSetting } from './secret-places.ts'
import { inTransaction } from '../database/in-transaction.ts'

export type Reseal = {
  readonly from: SecretBox
  readonly to: SecretBox
  /** The record of the new box; undefined when secrets are stored in plain from now on. */
  readonly record: string | undefined
}

const pageSize = 500

/** Moves every secret from one box to another, all or nothing. Returns how many keys there are. No gateway may run. */
export async function reseal(db: Kysely<Schema>, { from, to, record }: Reseal): Promise<number> {
  const move = (stored: string) => to.seal(from.open(stored))
  return inTransaction(db, async (step) => {
    for (const { name, value } of await step.selectFrom('settings').selectAll().execute()) {
      if (!isSecretSetting(name)) continue
      const moved = { value: move(value) }
      await step.updateTable('settings').set(moved).where('name', '=', name).execute()
    }
    for (const { name, value } of await step.selectFrom('meta').selectAll().execute()) {
      if (isSecretMeta(name)) await writeMeta(step, name, move(value))
    }
    if (record === undefined) {
      await step.deleteFrom('meta').where('name', '=', sealRecordName).execute()
    } else await writeMeta(step, sealRecordName, record)
    return resealKeys(step, from, to)
  })
}

async function resealKeys(step: Kysely<Schema>, from: SecretBox, to: SecretBox): Promise<number> {
  let count = 0
  let after = 0
  for (;;) {
    const rows = await step
      .selectFrom('keys')
      .select(['id', 'value'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageSize)
      .execute()
    for (const { id, value } of rows) {
      const secret = from.open(value)
      const moved = { value: to.seal(secret), value_hash: to.fingerprint(secret) }
      await step.updateTable('keys').set(moved).where('id', '=', id).execute()
    }
    const last = rows.at(-1)
    if (last === undefined) return count
    count += rows.length
    after = last.id
  }
}
