import type { IndexedContent } from './body-index.ts'
import { listOf, type Edit } from './edits.ts'
import type { Range } from './json-scanner.ts'

/**
 * Repairs contents that Google refuses: removes empty parts and contents without parts, unless nothing would remain, and joins
 * contents with the function responses of one turn.
 */
export function tidyContents(
  body: Buffer,
  list: Range,
  contents: readonly IndexedContent[],
): Edit[] {
  if (!contents.some(hasEmpty) && !contents.some(continuesResponses)) return []
  const kept = contents.filter(({ isEmpty }) => !isEmpty)
  if (kept.length === 0) return []
  const joined = joinResponses(kept)
  if (joined.length < contents.length) {
    const elements = joined.map((group) => asOneContent(body, group))
    return [{ ...list, pieces: listOf(elements) }]
  }
  return kept.flatMap(({ parts, partsRange }) =>
    partsRange !== undefined && parts.some(({ isEmpty }) => isEmpty)
      ? [{ ...partsRange, pieces: listOf(nonEmptyParts(body, parts)) }]
      : [],
  )
}

function hasEmpty({ isEmpty, parts }: IndexedContent): boolean {
  return isEmpty || parts.some((part) => part.isEmpty)
}

type Contents = readonly IndexedContent[]

/** Whether a content and the one before it have nothing but function responses. */
const continuesResponses = (content: IndexedContent, at: number, contents: Contents): boolean =>
  isResponses(content) && isResponses(contents[at - 1])

const isResponses = (content: IndexedContent | undefined): boolean =>
  content?.parts[0]?.isFunctionResponse === true &&
  content.parts.every((part) => part.isFunctionResponse || part.isEmpty)

/** Each group becomes one content. */
function joinResponses(contents: Contents): IndexedContent[][] {
  const groups: IndexedContent[][] = []
  contents.forEach((content, at) => {
    if (continuesResponses(content, at, contents)) groups.at(-1)?.push(content)
    else groups.push([content])
  })
  return groups
}

/** The first content of a group, with the parts of all. */
function asOneContent(body: Buffer, group: Contents): Buffer[] {
  const [first] = group
  if (first === undefined) return []
  const { partsRange, start, end } = first
  if (partsRange === undefined || (group.length === 1 && !hasEmpty(first))) {
    return [body.subarray(start, end)]
  }
  const parts = group.flatMap((content) => content.parts)
  return [
    body.subarray(start, partsRange.start),
    ...listOf(nonEmptyParts(body, parts)),
    body.subarray(partsRange.end, end),
  ]
}

function nonEmptyParts(body: Buffer, parts: IndexedContent['parts']): Buffer[][] {
  return parts
    .filter(({ isEmpty }) => !isEmpty)
    .map(({ start, end }) => [body.subarray(start, end)])
}
