import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { createSealedBox, SealBroken, type SecretBox } from './secret-box.ts'

/** The name in `meta` of the record that secrets are sealed. */
export const sealRecordName = 'encryption'

/** `check` is a known word, sealed: it opens with the right encryption key only. */
const sealRecord = z.object({ salt: z.base64(), check: z.string() })

const checkWord = 'gemini-balance'
const saltBytes = 16

export type NewSeal = { readonly box: SecretBox; readonly record: string }

/** A new box with a new salt, and the record to store of it. */
export async function makeSeal(encryptionKey: string): Promise<NewSeal> {
  const salt = randomBytes(saltBytes)
  const box = await createSealedBox(encryptionKey, salt)
  const record = { salt: salt.toString('base64'), check: box.seal(checkWord) }
  return { box, record: JSON.stringify(record) }
}

/** The box of a record; undefined when the encryption key is wrong. */
export async function openSeal(
  record: string,
  encryptionKey: string,
): Promise<SecretBox | undefined> {
  const { salt, check } = sealRecord.parse(JSON.parse(record))
  const box = await createSealedBox(encryptionKey, Buffer.from(salt, 'base64'))
  try {
    return box.open(check) === checkWord ? box : undefined
  } catch (error) {
    if (error instanceof SealBroken) return undefined
    throw error
  }
}
