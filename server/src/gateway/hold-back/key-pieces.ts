const quote = 0x22
const backslash = 0x5c
const star = 0x2a

/** Fewer characters are no sign of a key. */
export const leastPiece = 4
/** So many characters of a key tell too much of it. */
const revealingLength = 8
/** Between two pieces lie the frames of an event. */
const mostBetween = 64 * 1024

type Piece = { readonly start: number; readonly end: number }

/**
 * Finds a key that is spread over the texts of several events: a text ends with the beginning of the key, and a later one begins with
 * what follows. A long beginning is masked at once, and everything that follows one. One fast search per chunk.
 */
export class KeyPieces {
  readonly #key: Buffer
  readonly #beginning: Buffer
  /** Characters of the key that have been seen. */
  #seen = 0
  #left = 0

  /** `beginning`: the first `leastPiece` bytes of the key. */
  constructor({ key, beginning }: { readonly key: Buffer; readonly beginning: Buffer }) {
    this.#key = key
    this.#beginning = beginning
  }

  /** Whether a piece was seen that others may follow. */
  get isUnderway(): boolean {
    return this.#seen > 0
  }

  /** Masks the pieces in the next bytes, without a change of their length. */
  redact(bytes: Buffer): Buffer {
    let redacted = bytes
    let at = 0
    for (;;) {
      const isFirst = this.#seen === 0
      const piece = isFirst ? this.#firstPiece(bytes, at) : this.#nextPiece(bytes, at)
      if (piece === undefined) return redacted
      const { start, end } = piece
      if (!isFirst || end - start >= revealingLength) {
        if (redacted === bytes) redacted = Buffer.from(bytes)
        redacted.fill(star, start, end)
      }
      this.#seen = (this.#seen + end - start) % this.#key.length
      this.#left = mostBetween
      at = end
    }
  }

  /** The end of a text that the key begins with. */
  #firstPiece(bytes: Buffer, from: number): Piece | undefined {
    for (
      let start = bytes.indexOf(this.#beginning, from);
      start !== -1;
      start = bytes.indexOf(this.#beginning, start + 1)
    ) {
      const end = this.#endOf(bytes, start, 0)
      if (endsText(bytes, end)) return { start, end }
    }
    return undefined
  }

  /** The beginning of a text that goes on with the key. */
  #nextPiece(bytes: Buffer, from: number): Piece | undefined {
    const rest = this.#key.subarray(this.#seen, this.#seen + leastPiece)
    for (
      let start = bytes.indexOf(rest, from);
      start !== -1;
      start = bytes.indexOf(rest, start + 1)
    ) {
      if (start === 0 || bytes[start - 1] !== quote) continue
      const end = this.#endOf(bytes, start, this.#seen)
      if (this.#seen + end - start === this.#key.length || endsText(bytes, end)) {
        return { start, end }
      }
    }
    this.#left -= bytes.length - from
    if (this.#left <= 0) this.#seen = 0
    return undefined
  }

  #endOf(bytes: Buffer, start: number, from: number): number {
    let end = start
    while (from + end - start < this.#key.length && bytes[end] === this.#key[from + end - start]) {
      end += 1
    }
    return end
  }
}

const endsText = (bytes: Buffer, at: number): boolean =>
  bytes[at] === quote || (bytes[at] === backslash && bytes[at + 1] === quote)
