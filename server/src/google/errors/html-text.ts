/** Error pages are short; the rest of a longer one is ignored. */
const maxPageLength = 20_000

/** The text of an HTML page without tags, scripts and styles. */
export function htmlText(page: string): string {
  return withoutCode(page.slice(0, maxPageLength))
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

const codeTag = /<(?:(script|style)|\/(script|style)>)/gi

/** Removes scripts and styles that are closed. One pass over their tags: matching each with its end would search the page for each. */
function withoutCode(page: string): string {
  const tags = Array.from(
    page.matchAll(codeTag),
    ({ 0: { length }, 1: opened, 2: closed, index }) => ({
      start: index,
      end: index + length,
      opened: opened?.toLowerCase(),
      closed: closed?.toLowerCase(),
    }),
  )
  const lastEnd = new Map(tags.map(({ closed, start }) => [closed, start]))
  let text = ''
  let done = 0
  let open: string | undefined
  for (const tag of tags) {
    if (open === undefined) {
      if (tag.opened === undefined || (lastEnd.get(tag.opened) ?? -1) < tag.start) continue
      text += `${page.slice(done, tag.start)} `
      open = tag.opened
    } else if (tag.closed === open) {
      done = tag.end
      open = undefined
    }
  }
  return text + page.slice(done)
}
