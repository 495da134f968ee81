/** One request for misbehaviour, such as `cut-after-2`, with the marker's `id=` where it has one. */
export type Order = {
  name: string
  count: number | undefined
  id: string | undefined
  text: string
}

const marker = '[[fake:'
const modelPrefix = 'fake-'

/** Splits `name-3` into name and count, unless the whole is a name itself (`bare-429`). */
function toOrder(word: string, known: ReadonlySet<string>): Order | undefined {
  const base = { id: undefined, text: word }
  if (known.has(word)) return { ...base, name: word, count: undefined }
  const [, name = '', count] = /^(.+)-(\d+)$/.exec(word) ?? []
  return known.has(name) ? { ...base, name, count: Number(count) } : undefined
}

/** `[[fake:cut-after-2 chunks-20 id=abc]]` anywhere in the last words of the user. */
export function ordersInText(text: string, known: ReadonlySet<string>): Order[] {
  const start = text.indexOf(marker)
  if (start < 0) return []
  const end = text.indexOf(']]', start)
  if (end < 0) return []
  const words = text.slice(start + marker.length, end).split(/\s+/)
  const id = words.find((word) => word.startsWith('id='))?.slice('id='.length)
  return words.flatMap((word) => {
    const order = toOrder(word, known)
    return order ? [{ ...order, id: id ?? text.slice(start, end) }] : []
  })
}

/** `fake-cut-after-2`, or several joined by `+`, as the name of a model. */
export function ordersInModel(model: string, known: ReadonlySet<string>): Order[] | undefined {
  if (!model.startsWith(modelPrefix)) return undefined
  const words = model.slice(modelPrefix.length).split('+')
  const orders = words.flatMap((word) => toOrder(word, known) ?? [])
  return orders.length === words.length ? orders : undefined
}
