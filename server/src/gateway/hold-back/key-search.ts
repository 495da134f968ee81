/** A key in bytes, plain or with characters in JSON escapes. */
export type FoundKey = {
  readonly start: number
  /** Undefined where the bytes end within the key. */
  readonly end: number | undefined
  /** How many characters of the key there are. */
  readonly characters: number
}

const backslash = 0x5c
const letterU = 0x75
/** Escapes in front of these letters mean a control character. */
const controlLetters = new Set(Buffer.from('bfnrt'))

/** JSON in JSON doubles the backslashes of an escape: this is the fourth level. */
const maxBackslashes = 8

/** Finds the keys in bytes, and the beginning of one at their end. Each place costs at most the longest spelling of the key. */
export class KeySearch {
  readonly #bytes: Buffer
  readonly #key: Buffer
  /** The next places where a key may begin; -1 where there are no more, so that no byte is searched twice. */
  #plain: number
  #escaped: number

  constructor(bytes: Buffer, key: Buffer, from: number) {
    this.#bytes = bytes
    this.#key = key
    this.#plain = bytes.indexOf(key[0] ?? 0, from)
    this.#escaped = bytes.indexOf(backslash, from)
  }

  /** The next key that begins at `from` or later, which never goes back. */
  next(from: number): FoundKey | undefined {
    const [first = 0, second = 0] = this.#key
    const bytes = this.#bytes
    for (;;) {
      const plain = this.#plain
      const escaped = this.#escaped
      if (plain === -1 && escaped === -1) return undefined
      let found: FoundKey | undefined
      if (escaped === -1 || (plain !== -1 && plain < escaped)) {
        if (plain >= from && mayFollow(bytes, plain + 1, second)) found = this.#read(plain)
        this.#plain = bytes.indexOf(first, plain + 1)
      } else {
        const run = backslashesAt(bytes, escaped)
        if (escaped >= from && mayEscape(bytes, escaped + run)) {
          found = this.#read(escaped + skippedOf(run))
        }
        this.#escaped = bytes.indexOf(backslash, escaped + run)
      }
      if (found !== undefined) return found
    }
  }

  #read(start: number): FoundKey | undefined {
    return readKey(this.#bytes, this.#key, start)
  }
}

/** Whether a character of the key may stand there: nearly all places fail here. */
function mayFollow(bytes: Buffer, at: number, code: number): boolean {
  return at === bytes.length || bytes[at] === code || bytes[at] === backslash
}

/** Other letters than `u` begin a key themselves. */
function mayEscape(bytes: Buffer, at: number): boolean {
  return at === bytes.length || bytes[at] === letterU
}

/** How many of the backslashes before a key are not part of it: an even number, so that JSON stays JSON without the key. */
const skippedOf = (run: number): number =>
  run % 2 === 1 ? run - 1 : Math.max(0, run - maxBackslashes)

function readKey(bytes: Buffer, key: Buffer, start: number): FoundKey | undefined {
  let at = start
  for (let index = 0; index < key.length; index += 1) {
    if (at === bytes.length) return { start, end: undefined, characters: index }
    const length = bytes[at] === key[index] ? 1 : escapeLength(bytes, at, key[index] ?? 0)
    if (length === 0) return undefined
    at += length
    if (at > bytes.length) return { start, end: undefined, characters: index }
  }
  return { start, end: at, characters: key.length }
}

/** The length of an escape that means the code; 0 for anything else, and more than there is where the bytes end within it. */
function escapeLength(bytes: Buffer, start: number, code: number): number {
  if (bytes[start] !== backslash) return 0
  const run = backslashesAt(bytes, start)
  if (run > maxBackslashes) return 0
  if (start + run === bytes.length) return run + 1
  const letter = bytes[start + run]
  if (letter !== letterU) return letter === code && !controlLetters.has(letter) ? run + 1 : 0
  const digits = start + run + 1
  for (let at = digits; at < digits + 4 && at < bytes.length; at += 1) {
    if (hexValue(bytes[at] ?? 0) !== ((code >> (12 - 4 * (at - digits))) & 15)) return 0
  }
  return run + 5
}

function backslashesAt(bytes: Buffer, start: number): number {
  let end = start
  while (end < bytes.length && bytes[end] === backslash) end += 1
  return end - start
}

/** -1 for other characters. */
function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
