/** Finds any of many strings in one pass over a text. */
export type SecretIndex = {
  /** `form` must have at least four characters. */
  add(form: string, mask: string): void
  remove(forms: ReadonlySet<string>): void
  /** In order of their starts; they may overlap. */
  find(text: string): readonly Match[]
}

const tableSize = 0x10000

/** A rolling hash of the last four characters: after four steps a character has left the 16 bits. */
const roll = (hash: number, code: number): number => ((hash << 4) ^ code) & (tableSize - 1)

function hashOfFirstFour(form: string): number {
  let hash = 0
  for (let at = 0; at < 4; at += 1) hash = roll(hash, form.charCodeAt(at))
  return hash
}

/** Filled, since an array with holes is much slower to read. */
function emptyTable(): (readonly number[] | undefined)[] {
  return Array<undefined>(tableSize).fill(undefined)
}

/** A range of a text, and its replacement. */
export type Match = { readonly start: number; readonly end: number; readonly mask: string }

const none: readonly Match[] = []

export function createSecretIndex(): SecretIndex {
  const masks = new Map<string, string>()
  /** The lengths of forms whose first four characters have this hash, longest first. */
  let lengthsByHash = emptyTable()
  let isStale = false

  function addLength(form: string): void {
    const hash = hashOfFirstFour(form)
    const lengths = lengthsByHash[hash] ?? []
    if (lengths.includes(form.length)) return
    lengthsByHash[hash] = [...lengths, form.length].toSorted((a, b) => b - a)
  }

  /** Rebuilds the table once after any number of removals. */
  function rebuild(): void {
    lengthsByHash = emptyTable()
    for (const form of masks.keys()) addLength(form)
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
      addLength(form)
    },
    remove(forms) {
      for (const form of forms) masks.delete(form)
      isStale = true
    },
    find(text) {
      if (isStale) rebuild()
      return masks.size === 0 ? none : matchesIn(text)
    },
  }
}
