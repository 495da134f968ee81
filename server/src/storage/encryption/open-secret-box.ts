import type { Kysely } from 'kysely'
import { StartError } from '../../runtime/start-error.ts'
import type { Schema } from '../database/schema.ts'
import { readMeta, writeMeta } from '../stores/meta-rows.ts'
import { makeSeal, openSeal, sealRecordName } from './seal-record.ts'
import { isSecretMeta, isSecretSetting } from './secret-places.ts'
import { plainBox, type SecretBox } from './secret-box.ts'
import { inTransaction } from '../database/in-transaction.ts'

/**
 * The box for the secrets of this database. A new database is sealed from the start; one that has secrets already is sealed only by a
 * command. Rejects with StartError and changes nothing then.
 */
export async function openSecretBox(
  db: Kysely<Schema>,
  encryptionKey: string | undefined,
): Promise<SecretBox> {
  return inTransaction(db, async (step) => {
    const record = await readMeta(step, sealRecordName)
    if (record !== undefined) return openSealed(record, encryptionKey)
    if (encryptionKey === undefined) return plainBox
    if (await hasSecrets(step)) {
      throw new StartError(
        'ENCRYPTION_KEY is set, but the keys in the database are not encrypted: run `npm start -- keys encrypt` first, or remove ENCRYPTION_KEY.',
      )
    }
    const seal = await makeSeal(encryptionKey)
    await writeMeta(step, sealRecordName, seal.record)
    return seal.box
  })
}

/** The box of a sealed database. Rejects with StartError when the key is missing or wrong. */
export async function openSealed(
  record: string,
  encryptionKey: string | undefined,
): Promise<SecretBox> {
  if (encryptionKey === undefined) {
    throw new StartError(
      'The keys in the database are encrypted: set ENCRYPTION_KEY to what they were encrypted with.',
    )
  }
  const box = await openSeal(record, encryptionKey)
  if (box !== undefined) return box
  throw new StartError(
    'ENCRYPTION_KEY is not what the keys in the database were encrypted with. Set it to that key.',
  )
}

async function hasSecrets(step: Kysely<Schema>): Promise<boolean> {
  const key = await step.selectFrom('keys').select('id').limit(1).executeTakeFirst()
  if (key !== undefined) return true
  const settings = await step.selectFrom('settings').select('name').execute()
  const meta = await step.selectFrom('meta').select('name').execute()
  return (
    settings.some(({ name }) => isSecretSetting(name)) ||
    meta.some(({ name }) => isSecretMeta(name))
  )
}
