/** Finds any of many strings in a text, in one pass over the text however many there are. */
export type SecretIndex = {
  /** `form` must be four characters or more; `mask` is what replaces it. */
  add(form: string, mask: string): void
  remove(forms: ReadonlySet<string>): void
  /** In the order in which they begin; they may overlap. */
  find(text: string): readonly Match[]
}

const tableSize = 0x10000

/** After four steps the first character has left the sixteen bits: the hash is of the last four characters only. */
const roll = (hash: number, code: number): number => ((hash << 4) ^ code) & (tableSize - 1)

function hashOfFirstFour(form: string): number {
  let hash = 0
  for (let at = 0; at < 4; at += 1) hash = roll(hash, form.charCodeAt(at))
  return hash
}

/** Filled, so that reading it is reading a plain array: one with holes is read much more slowly. */
function emptyTable(): (readonly number[] | undefined)[] {
  return Array<undefined>(tableSize).fill(undefined)
}

/** A part of a text, and what is to stand in its place. */
export type Match = { readonly start: number; readonly end: number; readonly mask: string }

const none: readonly Match[] = []

export function createSecretIndex(): SecretIndex {
  const masks = new Map<string, string>()
  /** Which lengths to try where four characters have this hash, longest first. */
  let lengthsByHash = emptyTable()
  let isStale = false

  function note(form: string): void {
    const hash = hashOfFirstFour(form)
    const lengths = lengthsByHash[hash] ?? []
    if (lengths.includes(form.length)) return
    lengthsByHash[hash] = [...lengths, form.length].toSorted((a, b) => b - a)
  }

  /** Once after any number of removals. */
  function renew(): void {
    lengthsByHash = emptyTable()
    for (const form of masks.keys()) note(form)
    isStale = false
  }

  function matchAt(text: string, start: number, lengths: readonly number[]): Match | undefined {
    for (const length of lengths) {
      const mask = masks.get(text.slice(start, start + length))
      if (mask !== undefined && start + length <= text.length) {
        return { start, end: start + length, mask }
      }
    }
    return undefined
  }

  function matchesIn(text: string): Match[] {
    const matches: Match[] = []
    let hash = 0
    for (let at = 0; at < text.length; at += 1) {
      hash = roll(hash, text.charCodeAt(at))
      const lengths = lengthsByHash[hash]
      if (lengths === undefined || at < 3) continue
      const match = matchAt(text, at - 3, lengths)
      if (match) matches.push(match)
    }
    return matches
  }

  return {
    add(form, mask) {
      masks.set(form, mask)
      note(form)
    },
    remove(forms) {
      for (const form of forms) masks.delete(form)
      isStale = true
    },
    find(text) {
      if (isStale) renew()
      return masks.size === 0 ? none : matchesIn(text)
    },
  }
}
