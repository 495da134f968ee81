/** A misbehaviour requested by a client, such as `cut-after-2`. */
export type Directive = {
  name: string
  count: number | undefined
  id: string | undefined
  text: string
}

const marker = '[[fake:'
const modelPrefix = 'fake-'

/** Splits `name-3` into name and count, unless the whole word is a name (`bare-429`). */
export function toDirective(word: string, known: ReadonlySet<string>): Directive | undefined {
  const base = { id: undefined, text: word }
  if (known.has(word)) return { ...base, name: word, count: undefined }
  const [, name = '', count] = /^(.+)-(\d+)$/.exec(word) ?? []
  return known.has(name) ? { ...base, name, count: Number(count) } : undefined
}

/** Reads `[[fake:cut-after-2 chunks-20 id=abc]]` from the text. */
export function directivesInText(text: string, known: ReadonlySet<string>): Directive[] {
  const start = text.indexOf(marker)
  if (start < 0) return []
  const end = text.indexOf(']]', start)
  if (end < 0) return []
  const words = text.slice(start + marker.length, end).split(/\s+/)
  const id = words.find((word) => word.startsWith('id='))?.slice('id='.length)
  return words.flatMap((word) => {
    const directive = toDirective(word, known)
    return directive ? [{ ...directive, id: id ?? text.slice(start, end) }] : []
  })
}

/** Reads a model name such as `fake-cut-after-2`, or several joined by `+`. */
export function directivesInModel(
  model: string,
  known: ReadonlySet<string>,
): Directive[] | undefined {
  if (!model.startsWith(modelPrefix)) return undefined
  const words = model.slice(modelPrefix.length).split('+')
  const directives = words.flatMap((word) => toDirective(word, known) ?? [])
  return directives.length === words.length ? directives : undefined
}
