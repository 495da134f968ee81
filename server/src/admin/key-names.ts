import type { KeyBook } from '../key-book/key-book.ts'
import type { KeyId } from '../keys/port.ts'
import { AdminRefused } from './admin-refused.ts'

/** How operators and the log speak of keys: by id, and by how they end. */
export type KeyNames = {
  /** `…1a2B`; null for a key that is gone. */
  endOf(key: KeyId): string | null
  /** The keys that a text means: an id, or how they end. */
  find(text: string): KeyId[]
}

const shortestEnd = 4

export function createKeyNames(book: Pick<KeyBook, 'secretOf' | 'all'>): KeyNames {
  return {
    endOf: (key) => book.secretOf(key)?.toString() ?? null,
    find(text) {
      if (/^\d{1,9}$/.test(text)) return [Number(text)]
      const end = text.replace(/^…/, '')
      if (end.length < shortestEnd) {
        throw new AdminRefused(400, 'key', 'Name a key by its id or by its last four characters.')
      }
      return [...book.all()]
        .filter(({ secret }) => secret.reveal().endsWith(end))
        .map(({ id }) => id)
    },
  }
}
