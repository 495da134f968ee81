import type { KeyRow } from '../../keys/stores.ts'
import type { KeySnapshot } from '../../keys/views.ts'

export type ShownKey = KeySnapshot &
  Pick<KeyRow, 'label' | 'note' | 'tags' | 'createdAt' | 'firstUsedAt'> & { readonly key: string }

/** A key as pages show it: what the operator says of it, and what the engine knows. Never its value. */
export function shownKey(row: KeyRow, known: KeySnapshot): ShownKey {
  const { ending, label, note, tags, createdAt, firstUsedAt } = row
  const { lastUsedAt: _older, ...state } = known
  return {
    key: `…${ending}`,
    label,
    note,
    tags,
    createdAt,
    firstUsedAt,
    lastUsedAt: lastUseOf(row, known),
    ...state,
  }
}

/** The engine forgets at a restart, the table lags some seconds behind. */
export function lastUseOf(row: KeyRow, known: Pick<KeySnapshot, 'lastUsedAt'>): number | undefined {
  const last = Math.max(row.lastUsedAt ?? 0, known.lastUsedAt ?? 0)
  return last === 0 ? undefined : last
}
