import { readSettings, SettingsError } from '@gemini-balance/contract'
import { forEachInSlices } from '../../runtime/slices/for-each-in-slices.ts'
import type { KeyRow } from '../../keys/stores.ts'

/** The keys as the value of a setting: the last four characters of each. */
export function maskKeys(rows: Iterable<KeyRow>): string[] {
  return Array.from(rows, maskKey)
}

const maskKey = ({ lastFour }: KeyRow): string => `…${lastFour}`

/**
 * Replaces masked keys by the stored ones that they stand for. Rejects with a SettingsError. Of several keys with the same end, all must
 * be sent: which of them was removed is not known.
 */
export async function resolveKeys(sent: unknown, rows: Iterable<KeyRow>): Promise<string[]> {
  const items = readSettings({ API_KEYS: sent ?? Number.NaN }).apiKeys
  const counts = new Map<string, number>()
  for (const item of items) if (isMasked(item)) counts.set(item, (counts.get(item) ?? 0) + 1)
  const resolved: string[] = items.filter((item) => !isMasked(item))
  const known = new Map<string, string[]>()
  if (counts.size > 0) {
    await forEachInSlices([...rows], (some) => {
      for (const row of some) {
        const alike = known.get(maskKey(row))
        if (alike) alike.push(row.secret.reveal())
        else known.set(maskKey(row), [row.secret.reveal()])
      }
    })
  }
  for (const [masked, count] of counts) {
    const alike = known.get(masked) ?? []
    if (alike.length !== count) {
      throw new SettingsError([{ setting: 'API_KEYS', problem: ambiguousSecret }])
    }
    resolved.push(...alike)
  }
  return resolved
}

export const ambiguousSecret =
  'has a masked value that is ambiguous or unknown. Send the whole value.'

/** No key contains an ellipsis. */
const isMasked = (item: string) => item.includes('…')
