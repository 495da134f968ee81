import type { KeyFilter, KeySort, WhichKeys } from '@gemini-balance/contract'
import type { KeyBook } from '../../key-book/key-book.ts'
import type { KeyEngine } from '../../keys/engine.ts'
import type { KeyId } from '../../keys/port.ts'
import type { KeySnapshot } from '../../keys/snapshots.ts'
import { politely } from '../../politely.ts'
import { sortPolitely } from '../../sort-politely.ts'
import type { KeyRow } from '../../storage/key-row.ts'
import { lastUseOf } from './shown-key.ts'

export type KeySources = {
  readonly book: Pick<KeyBook, 'all' | 'get'>
  readonly engine: Pick<KeyEngine, 'snapshotKey'>
}

type Order = { readonly sort: KeySort; readonly order: 'asc' | 'desc' }

/** The ids of the keys that match, in order. Looks at every key, and lets requests in between. */
export async function findKeys(
  { book, engine }: KeySources,
  filter: KeyFilter,
  { sort, order }: Order = { sort: 'id', order: 'asc' },
): Promise<KeyId[]> {
  const matches = matcherOf(filter)
  const found: { readonly id: KeyId; readonly by: number | string }[] = []
  await politely([...book.all()], (some) => {
    for (const row of some) {
      const known = engine.snapshotKey(row.id)
      if (known !== undefined && matches(row, known))
        found.push({ id: row.id, by: sortValue(row, known, sort) })
    }
  })
  const sign = order === 'asc' ? 1 : -1
  if (sort === 'id') return (sign === 1 ? found : found.toReversed()).map(({ id }) => id)
  const sorted = await sortPolitely(found, (a, b) => sign * compare(a.by, b.by) || a.id - b.id)
  return sorted.map(({ id }) => id)
}

/** The keys that are meant, without those that are gone. */
export async function keysMeant(sources: KeySources, which: WhichKeys): Promise<KeyId[]> {
  if ('filter' in which) return findKeys(sources, which.filter)
  return [...new Set(which.ids)].filter((id) => sources.book.get(id) !== undefined)
}

type Matcher = (row: KeyRow, known: KeySnapshot) => boolean

function matcherOf(filter: KeyFilter): Matcher {
  const { state, status, project, tag, search = '', fail_count_threshold: failures = 0 } = filter
  const wanted = search.trim().toLowerCase()
  return (row, known) =>
    (state === undefined || known.state === state) &&
    (status === 'all' || (known.state === 'active') === (status === 'valid')) &&
    (project === undefined || known.project === project) &&
    (tag === undefined || row.tags.includes(tag)) &&
    known.streak >= failures &&
    (wanted === '' || mentions(row, wanted))
}

function mentions({ label = '', note = '', tags, ending }: KeyRow, wanted: string): boolean {
  return [label, note, ending, ...tags].some((text) => text.toLowerCase().includes(wanted))
}

function sortValue(row: KeyRow, known: KeySnapshot, sort: KeySort): number | string {
  switch (sort) {
    case 'id':
      return row.id
    case 'label':
      return row.label ?? ''
    case 'createdAt':
      return row.createdAt
    case 'lastUsedAt':
      return lastUseOf(row, known) ?? 0
    case 'project':
    case 'state':
    case 'priority':
    case 'weight':
    case 'streak':
      return known[sort]
  }
}

function compare(a: number | string, b: number | string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
