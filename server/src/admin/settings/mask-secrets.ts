import type { SettingValue } from '@gemini-balance/contract'
import { mask } from '../../log/scrub.ts'

/** Masks a text of one kind of secret. */
type MaskText = (text: string) => string

/** A secret with everything but its last four characters masked. Of a list or a map, each value is masked. */
export function maskSecret(value: SettingValue, maskText: MaskText = mask): SettingValue {
  if (typeof value === 'string') return maskItem(value, maskText)
  if (typeof value !== 'object') return value
  if (isList(value)) return value.map((item) => maskItem(item, maskText))
  const masked = Object.entries(value).map(([name, item]) => [name, maskItem(item, maskText)])
  return Object.fromEntries(masked)
}

type Item = string | number | object

function maskItem(item: Item, maskText: MaskText): string {
  if (typeof item !== 'string') return '…'
  return item === '' ? '' : maskText(item)
}

/** `http://user:…@host`: masks the password of an address. */
export const maskPassword: MaskText = (address) =>
  address.replace(/^([^/]*\/\/[^/?#:]*):[^/?#]*@/, '$1:…@')

/**
 * Replaces masked secrets by the current ones that they stand for. So an admin who never saw the items of a list can remove one and send
 * the rest. Undefined where a masked secret is ambiguous or stands for none.
 */
export function resolveMasked(
  value: unknown,
  current: SettingValue | undefined,
  maskText: MaskText = mask,
): unknown {
  if (isList(value)) {
    const items = resolveItems(value, isList(current) ? current : [], maskText)
    return items.some(isMasked) ? undefined : items
  }
  if (isMap(value)) return resolveMap(value, isMap(current) ? current : {}, maskText)
  return resolveText(value, current, maskText)
}

function resolveText(value: unknown, current: unknown, maskText: MaskText): unknown {
  if (!isMasked(value)) return value
  return typeof current === 'string' && value === maskItem(current, maskText) ? current : undefined
}

function resolveMap(map: Named, current: Named, maskText: MaskText): unknown {
  const resolved = Object.entries(map).map(([name, item]): [string, unknown] => [
    name,
    resolveText(item, current[name], maskText),
  ])
  return resolved.some(([, item]) => item === undefined) ? undefined : Object.fromEntries(resolved)
}

/** Of several secrets with the same end, all must be sent: which of them was removed is not known. */
function resolveItems(
  items: readonly unknown[],
  current: readonly Item[],
  maskText: MaskText,
): unknown[] {
  const known = new Map<unknown, Item[]>()
  for (const item of current) {
    const masked = maskItem(item, maskText)
    const alike = known.get(masked)
    if (alike) alike.push(item)
    else known.set(masked, [item])
  }
  const sent = new Map<unknown, number>()
  for (const item of items) sent.set(item, (sent.get(item) ?? 0) + 1)
  const taken = new Map<unknown, number>()
  return items.map((item) => {
    const alike = isMasked(item) ? (known.get(item) ?? []) : []
    if (alike.length === 0 || alike.length !== sent.get(item)) return item
    const index = taken.get(item) ?? 0
    taken.set(item, index + 1)
    return alike[index]
  })
}

type Named = Readonly<Record<string, unknown>>

const isList = (value: unknown): value is readonly Item[] => Array.isArray(value)

const isMap = (value: unknown): value is Named =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** No key and no token contains an ellipsis. */
const isMasked = (value: unknown): boolean => typeof value === 'string' && value.includes('…')
