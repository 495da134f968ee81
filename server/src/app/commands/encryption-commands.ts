import { readSettings } from '@gemini-balance/contract'
import { sql, type Kysely } from 'kysely'
import { StartError } from '../../runtime/start-error.ts'
import { chooseDatabase } from '../../storage/choose-database.ts'
import { openSealed } from '../../storage/encryption/open-secret-box.ts'
import { reseal, type Reseal } from '../../storage/encryption/reseal.ts'
import { makeSeal, sealRecordName } from '../../storage/encryption/seal-record.ts'
import { plainBox } from '../../storage/encryption/secret-box.ts'
import { readMeta } from '../../storage/stores/meta-rows.ts'
import { openDatabase } from '../../storage/open-storage.ts'
import type { Schema } from '../../storage/database/schema.ts'
import type { Command, CommandContext } from './command.ts'
import { refuseInUse } from './open-for-command.ts'

export const encryptKeys: Command = {
  help: 'Encrypts keys, tokens and other secrets of the database with ENCRYPTION_KEY. The gateway must stand still.',
  run: (context) =>
    resealDatabase(context, 'Encrypted', async ({ record, key }) => {
      if (record !== undefined) throw new StartError('The database is encrypted already.')
      const { box, record: made } = await makeSeal(needed(key, 'ENCRYPTION_KEY'))
      return { from: plainBox, to: box, record: made }
    }),
}

export const decryptKeys: Command = {
  help: 'Stores all secrets as they are again. ENCRYPTION_KEY is what they are encrypted with.',
  run: (context) =>
    resealDatabase(context, 'Decrypted', async ({ record, key }) => ({
      from: await openSealed(sealed(record), key),
      to: plainBox,
      record: undefined,
    })),
}

export const rekeyKeys: Command = {
  help: 'Encrypts all secrets anew, with NEW_ENCRYPTION_KEY instead of ENCRYPTION_KEY.',
  run: (context) =>
    resealDatabase(context, 'Encrypted anew', async ({ record, key }) => {
      const from = await openSealed(sealed(record), key)
      const { box, record: made } = await makeSeal(newKey(context))
      return { from, to: box, record: made }
    }),
}

type Found = { readonly record: string | undefined; readonly key: string | undefined }

async function resealDatabase(
  { environment, say }: CommandContext,
  done: string,
  plan: (found: Found) => Promise<Reseal>,
): Promise<void> {
  const settings = readSettings(environment)
  const database = chooseDatabase(settings)
  const db = await openDatabase(database)
  try {
    await refuseInUse(db)
    const key = settings.encryptionKey === '' ? undefined : settings.encryptionKey
    const count = await reseal(db, await plan({ record: await readMeta(db, sealRecordName), key }))
    if (database.kind === 'sqlite') await forgetPages(db)
    say(`${done}: ${count} ${count === 1 ? 'key' : 'keys'} and the secret settings.`)
  } finally {
    await db.destroy()
  }
}

/** What was overwritten stands in free pages and in the log until the file is written anew. */
async function forgetPages(db: Kysely<Schema>): Promise<void> {
  await sql`vacuum`.execute(db)
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
}

function needed(value: string | undefined, name: string): string {
  if (value !== undefined) return value
  throw new StartError(`Set ${name}.`)
}

function sealed(record: string | undefined): string {
  if (record !== undefined) return record
  throw new StartError('The database is not encrypted.')
}

/** Under the rules of ENCRYPTION_KEY, whose place it takes. */
function newKey({ variable }: CommandContext): string {
  const written = needed(variable('NEW_ENCRYPTION_KEY'), 'NEW_ENCRYPTION_KEY')
  const { encryptionKey } = readSettings({ ENCRYPTION_KEY: written })
  return needed(encryptionKey === '' ? undefined : encryptionKey, 'NEW_ENCRYPTION_KEY')
}
