import type { KeyFilter, KeySort, WhichKeys } from '@gemini-balance/contract'
import type { KeyRegistry } from '../../keys/key-registry.ts'
import type { KeyEngine } from '../../keys/engine.ts'
import type { KeyId } from '../../keys/types.ts'
import type { KeyGlance } from '../../keys/views.ts'
import { forEachInSlices } from '../../runtime/slices/for-each-in-slices.ts'
import { sortInSlices } from '../../runtime/slices/sort-in-slices.ts'
import type { KeyRow } from '../../keys/stores.ts'
import { lastUseOf } from './present.ts'

export type KeySources = {
  readonly keyRegistry: Pick<KeyRegistry, 'all' | 'ids' | 'get' | 'find'>
  readonly engine: Pick<KeyEngine, 'views'>
}

type Order = { readonly sort: KeySort; readonly order: 'asc' | 'desc' }

/** The ids of the keys that match, in order. A look at every key lets requests in between. */
export async function findKeys(
  sources: KeySources,
  filter: KeyFilter,
  { sort, order }: Order = { sort: 'id', order: 'asc' },
): Promise<readonly KeyId[]> {
  const sign = order === 'asc' ? 1 : -1
  if (sort === 'id') {
    const ids = isAll(filter)
      ? sources.keyRegistry.ids()
      : (await findWith(sources, filter, sort)).ids
    return sign === 1 ? ids : ids.toReversed()
  }
  const { ids, positions, values } = await findWith(sources, filter, sort)
  const inOrder = (a: number, b: number) => sign * compare(values[a], values[b]) || a - b
  const sorted: KeyId[] = []
  await forEachInSlices(await sortInSlices(positions, inOrder), (some) => {
    for (const position of some) sorted.push(ids[position] ?? 0)
  })
  return sorted
}

type Found = { readonly ids: KeyId[]; readonly positions: number[]; readonly values: SortValue[] }

/** The keys that match by id, their positions in these lists, and the values that they are sorted by. */
async function findWith(
  { keyRegistry, engine }: KeySources,
  filter: KeyFilter,
  sort: KeySort,
): Promise<Found> {
  const whole = await wholeKey(keyRegistry, filter.search)
  const matches = matcherOf(filter, whole)
  const ids: KeyId[] = []
  const positions: number[] = []
  const values: SortValue[] = []
  await forEachInSlices(keyRegistry.all(), (some) => {
    for (const row of some) {
      const known = engine.views.glance(row.id)
      if (known === undefined || !matches(row, known)) continue
      positions.push(ids.length)
      ids.push(row.id)
      values.push(sortValue(row, known, sort))
    }
  })
  return { ids, positions, values }
}

function isAll({ status, fail_count_threshold: failures = 0, ...others }: KeyFilter): boolean {
  const { state, project, tag, search = '' } = others
  const isNamed = state !== undefined || project !== undefined || tag !== undefined
  return status === 'all' && failures === 0 && !isNamed && search.trim() === ''
}

/** The keys of the input, without deleted ones. */
export async function selectKeys(sources: KeySources, which: WhichKeys): Promise<readonly KeyId[]> {
  if ('filter' in which) return findKeys(sources, which.filter)
  return [...new Set(which.ids)].filter((id) => sources.keyRegistry.get(id) !== undefined)
}

type Matcher = (row: KeyRow, known: KeyGlance) => boolean

/** The id of the key that a search names by its whole value, which is compared by its hash. */
async function wholeKey(
  keyRegistry: Pick<KeyRegistry, 'find'>,
  search = '',
): Promise<KeyId | undefined> {
  const value = search.trim()
  return value.length < shortestKey ? undefined : (await keyRegistry.find([value])).get(value)
}

const shortestKey = 12

function matcherOf(filter: KeyFilter, whole: KeyId | undefined): Matcher {
  const { state, status, project, tag, search = '', fail_count_threshold: failures = 0 } = filter
  // Keys are shown masked, with an ellipsis.
  const wanted = search.trim().replace(/^…/, '').toLowerCase()
  return (row, known) =>
    (state === undefined || known.state === state) &&
    (status === 'all' || (known.state === 'active') === (status === 'valid')) &&
    (project === undefined || known.project === project) &&
    (tag === undefined || row.tags.includes(tag)) &&
    known.streak >= failures &&
    (wanted === '' || row.id === whole || mentions(row, wanted))
}

function mentions({ label = '', note = '', tags, lastFour }: KeyRow, wanted: string): boolean {
  return [label, note, lastFour, ...tags].some((text) => text.toLowerCase().includes(wanted))
}

function sortValue(row: KeyRow, known: KeyGlance, sort: KeySort): SortValue {
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

type SortValue = number | string

function compare(a: SortValue = 0, b: SortValue = 0): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
