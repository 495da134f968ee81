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
  let from = 0
  return supports.flatMap(({ segment, pages: indices }) => {
    const range = rangeOf(segment, text, from)
    from = range.start
    return indices.flatMap((index) => cite(pages[index], range))
  })
}

type TextRange = { readonly start: number; readonly end: number }

/** Looks for the segment's text first: Google's byte offsets refer to its text, not to the client's. */
function rangeOf(segment: Segment, text: string, from: number): TextRange {
  const segmentText = segment.text
  if (segmentText !== '') {
    const ahead = text.indexOf(segmentText, from)
    const start = ahead === -1 ? text.indexOf(segmentText) : ahead
    if (start !== -1) return { start, end: start + segmentText.length }
  }
  const bytes = Buffer.from(text)
  const lengthTo = (end: number) => bytes.subarray(0, end).toString('utf8').length
  return { start: lengthTo(segment.startIndex), end: lengthTo(segment.endIndex) }
}

function cite(page: Source | undefined, { start, end }: TextRange): Annotation[] {
  if (page === undefined) return []
  return [{ type: 'url_citation', url_citation: { start_index: start, end_index: end, ...page } }]
}
