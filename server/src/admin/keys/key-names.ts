import type { KeyId } from '../../keys/types.ts'
import type { Secret } from '../../log/secret.ts'
import { AdminError } from '../http/admin-error.ts'

type Named = { readonly id: KeyId; readonly secret: Secret }

type KeySecrets = {
  readonly secretOf: (key: KeyId) => Secret | undefined
  readonly all: () => Iterable<Named>
}

/** How operators and the log name keys: by id, and by the last four characters. */
export type KeyNames = {
  /** `…1a2B`; null for a deleted key. */
  maskedKey(key: KeyId): string | null
  /** The keys with this id or with these last characters. */
  find(text: string): KeyId[]
}

const minLength = 4

export function createKeyNames({ secretOf, all }: KeySecrets): KeyNames {
  return {
    maskedKey: (key) => secretOf(key)?.toString() ?? null,
    find(text) {
      const isId = /^\d{1,9}$/.test(text)
      const end = text.trim().replace(/^…/, '')
      if (!isId && end.length < minLength) {
        throw new AdminError(
          'invalid_input',
          'The text names no key. Send an id, or at least the last four characters.',
        )
      }
      const found = end.length < minLength ? [] : keysWithEnd(all(), end)
      return isId ? [Number(text), ...found] : found
    },
  }
}

function keysWithEnd(keys: Iterable<Named>, end: string): KeyId[] {
  const found: KeyId[] = []
  for (const { id, secret } of keys) if (secret.reveal().endsWith(end)) found.push(id)
  return found
}
