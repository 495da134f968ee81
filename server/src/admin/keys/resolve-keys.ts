import type { KeyId } from '../../keys/types.ts'
import type { Secret } from '../../log/secret.ts'
import { AdminError } from '../http/admin-error.ts'

type Named = { readonly id: KeyId; readonly secret: Secret }

type KeySecrets = {
  readonly secretOf: (key: KeyId) => Secret | undefined
  readonly all: () => Iterable<Named>
}

/** How operators and the log speak of keys: by id, and by how they end. */
export type KeyNames = {
  /** `…1a2B`; null for a key that is gone. */
  endOf(key: KeyId): string | null
  /** The keys that a text means: an id, or how they end. */
  find(text: string): KeyId[]
}

const shortestEnd = 4

export function createKeyNames({ secretOf, all }: KeySecrets): KeyNames {
  return {
    endOf: (key) => secretOf(key)?.toString() ?? null,
    find(text) {
      const isId = /^\d{1,9}$/.test(text)
      const end = text.replace(/^…/, '')
      if (!isId && end.length < shortestEnd) {
        throw new AdminError(400, 'key', 'Name a key by its id or by its last four characters.')
      }
      const found = end.length < shortestEnd ? [] : endingWith(all(), end)
      return isId ? [Number(text), ...found] : found
    },
  }
}

function endingWith(keys: Iterable<Named>, end: string): KeyId[] {
  const found: KeyId[] = []
  for (const { id, secret } of keys) if (secret.reveal().endsWith(end)) found.push(id)
  return found
}
