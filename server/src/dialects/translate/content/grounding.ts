import type { Grounding, Segment } from '../../../google/answers/gemini-answer.ts'

export type Annotation = {
  readonly type: 'url_citation'
  readonly url_citation: {
    readonly start_index: number
    readonly end_index: number
    readonly url: string
    readonly title: string
  }
}

type Source = NonNullable<Grounding['pages'][number]>

/** The list of sources at the end of a search answer, with the text of the Python program. */
export function searchLinks(grounding: Grounding): string {
  const links = grounding.pages.flatMap((source) =>
    source === undefined ? [] : [`\n- [${source.title}](${source.url})`],
  )
  return links.length === 0 ? '' : `\n\n---\n\n**【引用来源】**\n\n${links.join('')}`
}

/** Citations: which part of the text each page supports. */
export function annotationsOf(grounding: Grounding, text: string): Annotation[] {
  const { pages, supports } = grounding
  if (supports.length === 0) {
    return pages.flatMap((page) => cite(page, { start: text.length, end: text.length }))
  }
  const rangeOf = segmentFinder(text)
  return supports.flatMap(({ segment, pages: indices }) => {
    const range = rangeOf(segment)
    return indices.flatMap((index) => cite(pages[index], range))
  })
}

type TextRange = { readonly start: number; readonly end: number }

/** Searches from the start of the text, which each may read all of it. */
const maxSearches = 32

/** Looks for a segment's text first: Google's byte offsets refer to its text, not to the client's. Segments usually are in order. */
function segmentFinder(text: string): (segment: Segment) => TextRange {
  let from = 0
  let searches = 0
  let lengths: Uint32Array | undefined

  function startOf(segmentText: string): number {
    if (segmentText === '' || searches >= maxSearches) return -1
    const ahead = text.indexOf(segmentText, from)
    if (ahead !== -1) return ahead
    searches += 1
    return text.indexOf(segmentText)
  }

  return ({ text: segmentText, startIndex, endIndex }) => {
    const found = startOf(segmentText)
    if (found !== -1) {
      from = found
      return { start: found, end: found + segmentText.length }
    }
    lengths ??= lengthsByByte(text)
    from = lengths[startIndex] ?? text.length
    return { start: from, end: lengths[endIndex] ?? text.length }
  }
}

/** How many characters of a text begin before each byte of its UTF-8. */
function lengthsByByte(text: string): Uint32Array {
  const lengths = new Uint32Array(Buffer.byteLength(text) + 1)
  let byte = 0
  let length = 0
  for (const character of text) {
    length += character.length
    for (let left = Buffer.byteLength(character); left > 0; left -= 1) lengths[(byte += 1)] = length
  }
  return lengths
}

function cite(page: Source | undefined, { start, end }: TextRange): Annotation[] {
  if (page === undefined) return []
  return [{ type: 'url_citation', url_citation: { start_index: start, end_index: end, ...page } }]
}
