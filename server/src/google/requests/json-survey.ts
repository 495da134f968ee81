import { JsonScanner, type Range } from './json-scanner.ts'

export type Member = {
  /** The name in camelCase, whichever way the client wrote it. */
  readonly name: string
  /** From the opening quote of the name. */
  readonly start: number
  readonly value: Range
}

export type Content = Range & {
  readonly parts: readonly Part[]
  /** The value of `parts`; undefined where there is none. */
  readonly partsRange: Range | undefined
  /** An object without parts, or with empty ones only. What is no object at all is for Google to judge. */
  readonly isEmpty: boolean
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

/** Reads the structure of a request body without parsing it: nothing is copied. Throws MalformedJson. */
export function surveyJson(bytes: Buffer): Survey {
  const scanner = new JsonScanner(bytes)
  const members: Member[] = []
  let contents: readonly Content[] = []
  const facts = new PartFacts()
  const object = scanner.whole(() =>
    scanner.members((written, start) => {
      const name = camelCase(written)
      const read = name === 'contents' ? surveyContents(scanner, facts) : undefined
      // Of several members of one name the last counts.
      if (read !== undefined) contents = read.contents
      const value = read?.value ?? scanner.skip()
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

/** The members of an object that stands somewhere in a body which has been surveyed. */
export function surveyMembers(bytes: Buffer, { start, end }: Range): Member[] {
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

function surveyContents(scanner: JsonScanner, facts: PartFacts) {
  const contents: Content[] = []
  const value = oneOrMore(scanner, () => {
    const content = surveyContent(scanner, facts)
    contents.push(content)
    return content
  })
  return { contents, value }
}

function surveyContent(scanner: JsonScanner, facts: PartFacts): Content {
  let parts: Part[] = []
  let partsRange: Range | undefined
  let isStrange = !scanner.isAt('{')
  if (isStrange) return { ...scanner.skip(), parts, partsRange, isEmpty: false }
  const content = scanner.members((name) => {
    if (name !== 'parts') return scanner.skip()
    parts = []
    if (scanner.isAt('n')) return scanner.skip()
    isStrange = !scanner.isAt('[') && !scanner.isAt('{')
    partsRange = oneOrMore(scanner, () => {
      const part = surveyPart(scanner, facts)
      parts.push(part)
      return part
    })
    return partsRange
  })
  const isEmpty = !isStrange && parts.every((part) => part.isEmpty)
  // Spelled out: a spread costs more than the survey of a short content.
  return { start: content.start, end: content.end, parts, partsRange, isEmpty }
}

function surveyPart(scanner: JsonScanner, facts: PartFacts): Part {
  if (!scanner.isAt('{')) return { ...scanner.skip(), isEmpty: false }
  let isEmpty = true
  const part = scanner.members((name) => {
    isEmpty = false
    // A field that is null is a field that is not there.
    const isNull = scanner.isAt('n')
    const value = scanner.skip()
    if (!isNull) facts.note(camelCase(name), value)
    return value
  })
  return { start: part.start, end: part.end, isEmpty }
}

/** Google takes a single value for a list of one, and its own documentation writes requests that way. */
function oneOrMore(scanner: JsonScanner, read: () => Range): Range {
  return scanner.isAt('[') ? scanner.elements(read) : read()
}

class PartFacts {
  hasFunctionCall = false
  hasInlineData = false
  hasFileData = false
  inlineBytes = 0
  inlineCount = 0

  note(name: string, { start, end }: Range): void {
    if (name === 'functionCall') this.hasFunctionCall = true
    if (name === 'fileData') this.hasFileData = true
    if (name !== 'inlineData') return
    this.hasInlineData = true
    this.inlineBytes += end - start
    this.inlineCount += 1
  }
}

function camelCase(name: string): string {
  if (!name.includes('_')) return name
  return name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
