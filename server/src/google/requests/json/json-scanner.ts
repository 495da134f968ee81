/** Byte offsets of a value; `end` is exclusive. */
export type Range = { readonly start: number; readonly end: number }

/** The body is not a JSON object; `at` is the offset of the error. */
export class MalformedJson extends Error {
  readonly at: number

  constructor(at: number) {
    super(`The body is not a JSON object (at byte ${at}).`)
    this.name = 'MalformedJson'
    this.at = at
  }
}

/** Google refuses deeper nesting too; the limit protects our stack. */
const maxDepth = 200
/** After this many bytes of a string, memchr searches the rest instead of a loop. */
const loopBytes = 64

const codes = {
  quote: 0x22,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  point: 0x2e,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  e: 0x65,
  f: 0x66,
  n: 0x6e,
  t: 0x74,
  u: 0x75,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const

const isSimpleEscape = new Uint8Array(256)
for (const letter of Buffer.from('"\\/bfnrt')) isSimpleEscape[letter] = 1

/** Scans JSON in one pass, as strictly as JSON.parse, and returns byte ranges instead of values. Throws MalformedJson. */
export class JsonScanner {
  readonly #bytes: Buffer
  #at = 0
  // Cached: searching again for every string would read the rest of the body each time.
  #nextQuote = -1
  #nextBackslash = -1

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Reads the whole input as one value. */
  document(read: () => Range): Range {
    // Some editors write a byte order mark, which JSON does not allow.
    if (this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb && this.#bytes[2] === 0xbf) this.#at = 3
    this.#space()
    const range = read()
    this.#space()
    if (this.#at < this.#bytes.length) throw new MalformedJson(this.#at)
    return range
  }

  isAt(character: '[' | '{' | 'n'): boolean {
    return this.#bytes[this.#at] === character.charCodeAt(0)
  }

  /** Skips any value. */
  skip(depth = 0): Range {
    if (depth > maxDepth) throw new MalformedJson(this.#at)
    const start = this.#at
    switch (this.#bytes[start]) {
      case codes.quote:
        this.#string()
        break
      case codes.openBrace:
        return this.#object(() => this.skip(depth + 1))
      case codes.openBracket:
        return this.elements(() => this.skip(depth + 1))
      case codes.t:
        this.#literal('true')
        break
      case codes.f:
        this.#literal('false')
        break
      case codes.n:
        this.#literal('null')
        break
      default:
        this.#number()
    }
    return { start, end: this.#at }
  }

  /** Reads an object; `member` gets each name and its offset, and must read the value. */
  members(member: (name: string, start: number) => Range): Range {
    return this.#object((start, end) => member(this.#name(start, end), start))
  }

  /** Reads an array; `element` must read each element. */
  elements(element: () => Range): Range {
    const start = this.#at
    this.#expect(codes.openBracket)
    this.#space()
    if (this.#take(codes.closeBracket)) return { start, end: this.#at }
    for (;;) {
      element()
      this.#space()
      if (this.#take(codes.closeBracket)) return { start, end: this.#at }
      this.#expect(codes.comma)
      this.#space()
    }
  }

  #object(member: (nameStart: number, nameEnd: number) => Range): Range {
    const start = this.#at
    this.#expect(codes.openBrace)
    this.#space()
    if (this.#take(codes.closeBrace)) return { start, end: this.#at }
    for (;;) {
      const nameStart = this.#at
      if (this.#bytes[nameStart] !== codes.quote) throw new MalformedJson(nameStart)
      this.#string()
      const nameEnd = this.#at
      this.#space()
      this.#expect(codes.colon)
      this.#space()
      member(nameStart, nameEnd)
      this.#space()
      if (this.#take(codes.closeBrace)) return { start, end: this.#at }
      this.#expect(codes.comma)
      this.#space()
    }
  }

  #name(start: number, end: number): string {
    // All names that we look for are ASCII, so latin1 is enough.
    const written = this.#bytes.toString('latin1', start + 1, end - 1)
    if (!written.includes('\\')) return written
    return String(JSON.parse(this.#bytes.toString('utf8', start, end)))
  }

  #string(): void {
    const bytes = this.#bytes
    let at = this.#at + 1
    let loopEnd = at + loopBytes
    for (;;) {
      // Past the end, 0 is refused like a control character.
      const byte = bytes[at] ?? 0
      if (byte === codes.quote) break
      if (byte < 0x20) throw new MalformedJson(at)
      if (byte === codes.backslash) {
        at = this.#escape(at)
        loopEnd = at + loopBytes
      } else if (at < loopEnd) at += 1
      else at = this.#findStringMark(at)
    }
    this.#at = at + 1
  }

  /** Offset of the next quote or backslash; the bytes before it are checked for control characters. */
  #findStringMark(from: number): number {
    if (this.#nextQuote < from) this.#nextQuote = this.#find(codes.quote, from)
    if (this.#nextBackslash < from) this.#nextBackslash = this.#find(codes.backslash, from)
    const end = Math.min(this.#nextQuote, this.#nextBackslash, this.#bytes.length)
    const control = controlCharacterIn(this.#bytes, from, end)
    if (control !== -1) throw new MalformedJson(control)
    return end
  }

  #find(code: number, from: number): number {
    const found = this.#bytes.indexOf(code, from)
    return found === -1 ? Infinity : found
  }

  /** Offset after the escape sequence. */
  #escape(backslash: number): number {
    const letter = this.#bytes[backslash + 1] ?? 0
    if (isSimpleEscape[letter] === 1) return backslash + 2
    const digits = this.#bytes.toString('latin1', backslash + 2, backslash + 6)
    if (letter !== codes.u || !/^[\da-f]{4}$/i.test(digits)) throw new MalformedJson(backslash)
    return backslash + 6
  }

  #literal(text: string): void {
    for (let index = 0; index < text.length; index += 1) this.#expect(text.charCodeAt(index))
  }

  #number(): void {
    this.#take(codes.minus)
    if (!this.#take(codes.zero)) this.#digits()
    if (this.#take(codes.point)) this.#digits()
    // `e` and `E` differ by one bit.
    if (((this.#bytes[this.#at] ?? 0) | 0x20) !== codes.e) return
    this.#at += 1
    if (!this.#take(codes.plus)) this.#take(codes.minus)
    this.#digits()
  }

  #digits(): void {
    const start = this.#at
    for (;;) {
      const byte = this.#bytes[this.#at] ?? 0
      if (byte < codes.zero || byte > codes.nine) break
      this.#at += 1
    }
    if (this.#at === start) throw new MalformedJson(start)
  }

  #space(): void {
    for (;;) {
      const byte = this.#bytes[this.#at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.#at += 1
    }
  }

  #take(code: number): boolean {
    if (this.#bytes[this.#at] !== code) return false
    this.#at += 1
    return true
  }

  #expect(code: number): void {
    if (!this.#take(code)) throw new MalformedJson(this.#at)
  }
}

/** Offset of the first byte below 0x20, or -1. Long ranges, such as images, are checked four bytes at a time. */
function controlCharacterIn(bytes: Buffer, from: number, to: number): number {
  const aligned = from + ((4 - ((bytes.byteOffset + from) % 4)) % 4)
  if (to - aligned < 64) return controlByteIn(bytes, from, to)
  const before = controlByteIn(bytes, from, aligned)
  if (before !== -1) return before
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, (to - aligned) >> 2)
  let index = 0
  while (index < words.length && !hasControlByte(words[index] ?? 0)) index += 1
  return controlByteIn(bytes, aligned + 4 * index, to)
}

/** Subtracting 0x20 from a byte below 0x20 sets its high bit, which was clear before. */
function hasControlByte(word: number): boolean {
  return (((word - 0x20202020) | 0) & ~word & 0x80808080) !== 0
}

function controlByteIn(bytes: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at += 1) if ((bytes[at] ?? 0) < 0x20) return at
  return -1
}
