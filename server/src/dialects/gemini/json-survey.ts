/** Where a value stands in the bytes: from its first byte to the one behind its last. */
export type Range = { readonly start: number; readonly end: number }

export type Member = {
  /** The name in camelCase, whichever way the client wrote it. */
  readonly name: string
  /** From the opening quote of the name. */
  readonly start: number
  readonly value: Range
}

export type Content = Range & {
  readonly parts: readonly Part[]
  readonly partsRange: Range | undefined
}
export type Part = Range & { readonly isEmpty: boolean }

/** What one pass over a request's bytes tells. */
export type Survey = {
  /** The top-level object, braces included. */
  readonly object: Range
  readonly members: readonly Member[]
  readonly contents: readonly Content[]
  readonly hasFunctionCall: boolean
  readonly hasInlineData: boolean
  readonly hasFileData: boolean
  /** Bytes of inline data: they say nothing of the tokens they cost. */
  readonly inlineBytes: number
  readonly inlineCount: number
}

/** The body is no JSON object; `at` is the offset at which that became clear. */
export class MalformedJson extends Error {
  readonly at: number

  constructor(at: number) {
    super(`The body is not a JSON object (at byte ${at}).`)
    this.name = 'MalformedJson'
    this.at = at
  }
}

/** Google reads no deeper than this, and a survey must not run out of stack. */
const deepest = 200

/** Reads the structure of a request body without parsing it: long strings are leapt over, nothing is copied. */
export function surveyJson(bytes: Buffer): Survey {
  const scanner = new Scanner(bytes)
  const members: Member[] = []
  const contents: Content[] = []
  const facts = new PartFacts(bytes)
  const object = scanner.whole(() =>
    scanner.object(0, (name, start) => {
      const value =
        name === 'contents' ? surveyContents(scanner, { contents, facts }) : scanner.value(1)
      members.push({ name, start, value })
      return value
    }),
  )
  return { object, members, contents, ...facts.told() }
}

type Surveyed = { readonly contents: Content[]; readonly facts: PartFacts }

function surveyContents(scanner: Scanner, surveyed: Surveyed): Range {
  if (!scanner.isAt('[')) return scanner.value(1)
  return scanner.array(1, () => {
    if (!scanner.isAt('{')) return scanner.value(2)
    const parts: Part[] = []
    let partsRange: Range | undefined
    const content = scanner.object(2, (name) => {
      if (name !== 'parts' || !scanner.isAt('[')) return scanner.value(3)
      partsRange = scanner.array(3, () => surveyPart(scanner, { parts, facts: surveyed.facts }))
      return partsRange
    })
    surveyed.contents.push({ ...content, parts, partsRange })
    return content
  })
}

function surveyPart(scanner: Scanner, surveyed: { parts: Part[]; facts: PartFacts }): Range {
  if (!scanner.isAt('{')) return scanner.value(4)
  let isEmpty = true
  const part = scanner.object(4, (name) => {
    isEmpty = false
    const value = scanner.value(5)
    surveyed.facts.note(name, value)
    return value
  })
  surveyed.parts.push({ ...part, isEmpty })
  return part
}

class PartFacts {
  readonly #bytes: Buffer
  readonly #told = {
    hasFunctionCall: false,
    hasInlineData: false,
    hasFileData: false,
    inlineBytes: 0,
    inlineCount: 0,
  }

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  note(name: string, { start, end }: Range): void {
    // A field that is null is a field that is not there.
    if (this.#bytes[start] === codes.n) return
    if (name === 'functionCall') this.#told.hasFunctionCall = true
    if (name === 'fileData') this.#told.hasFileData = true
    if (name !== 'inlineData') return
    this.#told.hasInlineData = true
    this.#told.inlineBytes += end - start
    this.#told.inlineCount += 1
  }

  told() {
    return this.#told
  }
}

const codes = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  n: 0x6e,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const

const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y

/** Goes through JSON once, from left to right. */
class Scanner {
  readonly #bytes: Buffer
  #at = 0
  /** The next backslash at or behind `#at`, so that a long string is searched for one only once. */
  #backslash = -1

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  whole(read: () => Range): Range {
    // A byte order mark is no JSON, but people's editors write it.
    if (this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb && this.#bytes[2] === 0xbf) this.#at = 3
    this.#space()
    const range = read()
    this.#space()
    if (this.#at < this.#bytes.length) throw new MalformedJson(this.#at)
    return range
  }

  isAt(character: '[' | '{'): boolean {
    return this.#bytes[this.#at] === character.charCodeAt(0)
  }

  value(depth: number): Range {
    if (depth > deepest) throw new MalformedJson(this.#at)
    const start = this.#at
    switch (this.#bytes[start]) {
      case codes.quote:
        this.#string()
        return { start, end: this.#at }
      case codes.openBrace:
        return this.object(depth, () => this.value(depth + 1))
      case codes.openBracket:
        return this.array(depth, () => this.value(depth + 1))
      default:
        return this.#scalar()
    }
  }

  /** An object; `member` is called at each value and must read it. */
  object(depth: number, member: (name: string, start: number) => Range): Range {
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
      member(depth > 4 ? '' : this.#name(nameStart, nameEnd), nameStart)
      this.#space()
      if (this.#take(codes.closeBrace)) return { start, end: this.#at }
      this.#expect(codes.comma)
      this.#space()
    }
  }

  array(_depth: number, element: () => Range): Range {
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

  #name(start: number, end: number): string {
    const written = this.#bytes.toString('utf8', start, end)
    const name = written.includes('\\') ? this.#unescaped(written, start) : written.slice(1, -1)
    return name.includes('_') ? camelCase(name) : name
  }

  #unescaped(written: string, start: number): string {
    try {
      return String(JSON.parse(written))
    } catch {
      throw new MalformedJson(start)
    }
  }

  #string(): void {
    let from = this.#at + 1
    for (;;) {
      const quote = this.#bytes.indexOf(codes.quote, from)
      if (quote === -1) throw new MalformedJson(this.#bytes.length)
      const backslash = this.#nextBackslash(from)
      if (backslash === -1 || backslash > quote) {
        this.#at = quote + 1
        return
      }
      from = backslash + 2
    }
  }

  #nextBackslash(from: number): number {
    if (this.#backslash !== Infinity && this.#backslash < from) {
      const found = this.#bytes.indexOf(codes.backslash, from)
      this.#backslash = found === -1 ? Infinity : found
    }
    return this.#backslash === Infinity ? -1 : this.#backslash
  }

  #scalar(): Range {
    const start = this.#at
    const ahead = this.#bytes.toString('latin1', start, start + 400)
    scalar.lastIndex = 0
    const found = scalar.exec(ahead)
    if (found === null) throw new MalformedJson(start)
    this.#at += found[0].length
    return { start, end: this.#at }
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

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
