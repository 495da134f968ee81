import { readSettings, SettingsError } from '@gemini-balance/contract'
import { forEachInSlices } from '../../runtime/for-each-in-slices.ts'
import type { KeyRow } from '../../keys/stores.ts'

/** The keys as a list setting shows them: how each of them ends. */
export function shownKeys(rows: Iterable<KeyRow>): string[] {
  return Array.from(rows, shownKey)
}

const shownKey = ({ ending }: KeyRow): string => `…${ending}`

/**
 * The keys that are meant by a list in which those that are there may stand as they were shown. Rejects with SettingsRefused. Of several
 * that end alike all must be there: nobody can say which of them was taken out.
 */
export async function meantKeys(sent: unknown, rows: Iterable<KeyRow>): Promise<string[]> {
  const items = readSettings({ API_KEYS: sent ?? Number.NaN }).apiKeys
  const counts = new Map<string, number>()
  for (const item of items) if (isShown(item)) counts.set(item, (counts.get(item) ?? 0) + 1)
  const meant: string[] = items.filter((item) => !isShown(item))
  const known = new Map<string, string[]>()
  if (counts.size > 0) {
    await forEachInSlices([...rows], (some) => {
      for (const row of some) {
        const alike = known.get(shownKey(row))
        if (alike) alike.push(row.secret.reveal())
        else known.set(shownKey(row), [row.secret.reveal()])
      }
    })
  }
  for (const [shown, count] of counts) {
    const alike = known.get(shown) ?? []
    if (alike.length !== count) throw new SettingsError([{ setting: 'API_KEYS', problem }])
    meant.push(...alike)
  }
  return meant
}

const problem = 'has a shortened value that could be several or none: send the whole value.'

/** No key has an ellipsis in it. */
const isShown = (item: string) => item.includes('…')
