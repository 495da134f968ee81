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

/** The first key, or the beginning of one at the end of the bytes. Each place costs at most the longest spelling of the key. */
export function findKey(bytes: Buffer, key: Buffer, from: number): FoundKey | undefined {
  const [first = 0, second = 0] = key
  let plain = bytes.indexOf(first, from)
  let escaped = bytes.indexOf(backslash, from)
  while (plain !== -1 || escaped !== -1) {
    if (escaped === -1 || (plain !== -1 && plain < escaped)) {
      const found = mayFollow(bytes, plain + 1, second) ? readKey(bytes, key, plain) : undefined
      if (found !== undefined) return found
      plain = bytes.indexOf(first, plain + 1)
    } else {
      const run = backslashesAt(bytes, escaped)
      const found = mayEscape(bytes, escaped + run)
        ? readKey(bytes, key, escaped + skippedOf(run))
        : undefined
      if (found !== undefined) return found
      escaped = bytes.indexOf(backslash, escaped + run)
    }
  }
  return undefined
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
