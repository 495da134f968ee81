import { JsonScanner, type Range } from './json-scanner.ts'
import { camelCase } from './member-name.ts'

export type Member = {
  /** The name in camelCase; clients may also write snake_case. */
  readonly name: string
  /** Offset of the name's opening quote. */
  readonly start: number
  readonly value: Range
}

export type IndexedContent = Range & {
  readonly parts: readonly IndexedPart[]
  /** The value of `parts`; undefined where there is none. */
  readonly partsRange: Range | undefined
  /** An object without parts, or with empty parts only. Values that are not objects are left for Google to refuse. */
  readonly isEmpty: boolean
}
export type IndexedPart = Range & {
  readonly isEmpty: boolean
  readonly isFunctionResponse: boolean
}

/** The structure of a request body, read in one pass over its bytes. */
export type BodyIndex = {
  /** The top-level object, including its braces. */
  readonly object: Range
  readonly members: readonly Member[]
  readonly contents: readonly IndexedContent[]
  readonly hasFunctionCall: boolean
  readonly hasInlineData: boolean
  readonly hasFileData: boolean
  /** Bytes of inline data, which do not correlate with its tokens. */
  readonly inlineBytes: number
  readonly inlineCount: number
}

/** Indexes a request body without parsing or copying it. Throws MalformedJson. */
export function indexBody(bytes: Buffer): BodyIndex {
  const scanner = new JsonScanner(bytes)
  const members: Member[] = []
  let contents: readonly IndexedContent[] = []
  const facts = new PartFacts()
  const object = scanner.document(() =>
    scanner.members((written, start) => {
      const name = camelCase(written)
      const indexed = name === 'contents' ? indexContents(scanner, facts) : undefined
      // The last of several members with the same name counts.
      if (indexed !== undefined) contents = indexed.contents
      const value = indexed?.value ?? scanner.skip()
      members.push({ name, start, value })
      return value
    }),
  )
  const { hasFunctionCall, hasInlineData, hasFileData, inlineBytes, inlineCount } = facts
  return {
    object,
    members,
    contents,
    hasFunctionCall,
    hasInlineData,
    hasFileData,
    inlineBytes,
    inlineCount,
  }
}

/** The members of an object inside an indexed body. */
export function indexMembers(bytes: Buffer, { start, end }: Range): Member[] {
  const scanner = new JsonScanner(bytes.subarray(start, end))
  const members: Member[] = []
  scanner.members((written, at) => {
    const value = scanner.skip()
    const range = { start: start + value.start, end: start + value.end }
    members.push({ name: camelCase(written), start: start + at, value: range })
    return value
  })
  return members
}

/** The last member with this name, which is the one that Google and JSON.parse use. */
export function lastMember(members: readonly Member[], name: string): Member | undefined {
  for (let at = members.length - 1; at >= 0; at -= 1) {
    if (members[at]?.name === name) return members[at]
  }
  return undefined
}

function indexContents(scanner: JsonScanner, facts: PartFacts) {
  const contents: IndexedContent[] = []
  const value = oneOrMore(scanner, () => {
    const content = indexContent(scanner, facts)
    contents.push(content)
    return content
  })
  return { contents, value }
}

function indexContent(scanner: JsonScanner, facts: PartFacts): IndexedContent {
  let parts: IndexedPart[] = []
  let partsRange: Range | undefined
  let isInvalid = !scanner.isAt('{')
  if (isInvalid) return { ...scanner.skip(), parts, partsRange, isEmpty: false }
  const content = scanner.members((name) => {
    if (name !== 'parts') return scanner.skip()
    parts = []
    if (scanner.isAt('n')) return scanner.skip()
    isInvalid = !scanner.isAt('[') && !scanner.isAt('{')
    partsRange = oneOrMore(scanner, () => {
      const part = indexPart(scanner, facts)
      parts.push(part)
      return part
    })
    return partsRange
  })
  const isEmpty = !isInvalid && parts.every((part) => part.isEmpty)
  // Spelled out: a spread costs more than indexing a short content.
  return { start: content.start, end: content.end, parts, partsRange, isEmpty }
}

function indexPart(scanner: JsonScanner, facts: PartFacts): IndexedPart {
  if (!scanner.isAt('{')) return { isEmpty: false, isFunctionResponse: false, ...scanner.skip() }
  let isEmpty = true
  let isFunctionResponse = false
  const part = scanner.members((name) => {
    isEmpty = false
    // A null field counts as absent.
    const isNull = scanner.isAt('n')
    const value = scanner.skip()
    if (isNull) return value
    const field = camelCase(name)
    if (field === 'functionResponse') isFunctionResponse = true
    facts.add(field, value)
    return value
  })
  return { start: part.start, end: part.end, isEmpty, isFunctionResponse }
}

/** Google accepts a single value for a list of one, and its documentation uses that form. */
function oneOrMore(scanner: JsonScanner, read: () => Range): Range {
  return scanner.isAt('[') ? scanner.elements(read) : read()
}

class PartFacts {
  hasFunctionCall = false
  hasInlineData = false
  hasFileData = false
  inlineBytes = 0
  inlineCount = 0

  add(name: string, { start, end }: Range): void {
    if (name === 'functionCall') this.hasFunctionCall = true
    if (name === 'fileData') this.hasFileData = true
    if (name !== 'inlineData') return
    this.hasInlineData = true
    this.inlineBytes += end - start
    this.inlineCount += 1
  }
}
