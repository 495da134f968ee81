import type { Edit } from './body-edits.ts'
import type { Range } from './json-scanner.ts'
import type { Content } from './json-survey.ts'

/**
 * Takes out parts that are empty and contents without parts: Google refuses both. What would leave nothing is left alone. `place` is
 * where the value of `contents` stands.
 */
export function contentEdits(body: Buffer, place: Range, contents: readonly Content[]): Edit[] {
  if (!contents.some(hasEmpty)) return []
  const kept = contents.filter(({ isEmpty }) => !isEmpty)
  if (kept.length === 0) return []
  if (kept.length < contents.length) {
    const elements = kept.map((content) => withoutEmptyParts(body, content))
    return [{ ...place, pieces: listOf(elements) }]
  }
  return kept.flatMap(({ parts, partsRange }) =>
    partsRange !== undefined && parts.some(({ isEmpty }) => isEmpty)
      ? [{ ...partsRange, pieces: listOf(fullParts(body, parts)) }]
      : [],
  )
}

function hasEmpty({ isEmpty, parts }: Content): boolean {
  return isEmpty || parts.some((part) => part.isEmpty)
}

function withoutEmptyParts(body: Buffer, content: Content): Buffer[] {
  const { parts, partsRange, start, end } = content
  if (partsRange === undefined || !parts.some(({ isEmpty }) => isEmpty)) {
    return [body.subarray(start, end)]
  }
  return [
    body.subarray(start, partsRange.start),
    ...listOf(fullParts(body, parts)),
    body.subarray(partsRange.end, end),
  ]
}

function fullParts(body: Buffer, parts: Content['parts']): Buffer[][] {
  return parts
    .filter(({ isEmpty }) => !isEmpty)
    .map(({ start, end }) => [body.subarray(start, end)])
}

const [open, comma, close] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')]

/** A JSON list of elements that are pieces themselves. */
function listOf(elements: readonly (readonly Buffer[])[]): Buffer[] {
  const between = elements.flatMap((pieces, index) => (index === 0 ? pieces : [comma, ...pieces]))
  return [open, ...between, close]
}
