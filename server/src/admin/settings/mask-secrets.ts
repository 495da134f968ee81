import { mask } from '../../log/scrub.ts'

/** How a text of a kind of secret is shown. */
type Show = (text: string) => string

/** A secret as it is shown: how it ends. A list or a map shows how each of its values ends. */
export function showSecret(value: unknown, show: Show = mask): unknown {
  if (Array.isArray(value)) return value.map((item) => showSecret(item, show))
  if (isMap(value)) return mapValues(value, (member) => showSecret(member, show))
  return typeof value === 'string' && value !== '' ? show(value) : value
}

/** `http://user:…@host`: of an address all but its password. */
export const maskPassword: Show = (address) =>
  address.replace(/^([^/]*\/\/[^/?#]*?):[^/?#]*@/, '$1:…@')

/**
 * What is meant by secrets that come back as they were shown: those there are now. So somebody who never saw the items of a list can
 * take one out and send it again. Undefined where it cannot be told which are meant.
 */
export function meantSecret(value: unknown, current: unknown, show: Show = mask): unknown {
  if (isMap(value)) return meantMap(value, isMap(current) ? current : {}, show)
  if (!Array.isArray(value)) {
    const meant = isShown(value) && value === showSecret(current, show) ? current : value
    return isShown(meant) ? undefined : meant
  }
  const items = meantItems(value, Array.isArray(current) ? current : [], show)
  return items.some(isShown) ? undefined : items
}

type Named = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is Named =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mapValues = (map: Named, change: (value: unknown, name: string) => unknown) =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value, name)]))

function meantMap(map: Named, current: Named, show: Show): unknown {
  const meant = mapValues(map, (value, name) => meantSecret(value, current[name], show))
  return Object.values(meant).includes(undefined) ? undefined : meant
}

/** Of several that end alike, all must be there: nobody can say which of them was taken out. */
function meantItems(items: readonly unknown[], current: readonly unknown[], show: Show): unknown[] {
  const known = new Map<unknown, unknown[]>()
  for (const item of current) {
    const shown = showSecret(item, show)
    known.set(shown, [...(known.get(shown) ?? []), item])
  }
  const sent = new Map<unknown, number>()
  for (const item of items) sent.set(item, (sent.get(item) ?? 0) + 1)
  const taken = new Map<unknown, number>()
  return items.map((item) => {
    const alike = isShown(item) ? (known.get(item) ?? []) : []
    if (alike.length === 0 || alike.length !== sent.get(item)) return item
    const index = taken.get(item) ?? 0
    taken.set(item, index + 1)
    return alike[index]
  })
}

/** No key and no token has an ellipsis in it. */
const isShown = (value: unknown): boolean => typeof value === 'string' && value.includes('…')
