import type { Grounding, Segment } from '../../google/answers/gemini-answer.ts'

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

/** The block of sources that answers of search models end with, word for word the original's. */
export function searchLinks(grounding: Grounding): string {
  const links = grounding.pages.flatMap((source) =>
    source === undefined ? [] : [`\n- [${source.title}](${source.url})`],
  )
  return links.length === 0 ? '' : `\n\n---\n\n**【引用来源】**\n\n${links.join('')}`
}

/** Which words of the answer rest on which page. */
export function annotationsOf(grounding: Grounding, text: string): Annotation[] {
  const { pages, supports } = grounding
  if (supports.length === 0) {
    return pages.flatMap((page) => cite(page, { start: text.length, end: text.length }))
  }
  let from = 0
  return supports.flatMap(({ segment, pages: indices }) => {
    const place = placeOf(segment, text, from)
    from = place.start
    return indices.flatMap((index) => cite(pages[index], place))
  })
}

type Place = { readonly start: number; readonly end: number }

/** Google counts bytes of its own text; the words themselves are found more surely in what the client sees. */
function placeOf(segment: Segment, text: string, from: number): Place {
  const words = segment.text
  if (words !== '') {
    const ahead = text.indexOf(words, from)
    const start = ahead === -1 ? text.indexOf(words) : ahead
    if (start !== -1) return { start, end: start + words.length }
  }
  const bytes = Buffer.from(text)
  const lengthTo = (end: number) => bytes.subarray(0, end).toString('utf8').length
  return { start: lengthTo(segment.startIndex), end: lengthTo(segment.endIndex) }
}

function cite(page: Source | undefined, { start, end }: Place): Annotation[] {
  if (page === undefined) return []
  return [{ type: 'url_citation', url_citation: { start_index: start, end_index: end, ...page } }]
}
