export type Segment = { readonly text: string } | { readonly imageUrl: string }

/** Splits a text at its markdown images. No regular expression: an image may be megabytes of base64. */
export function splitAtImages(text: string): Segment[] {
  const segments: Segment[] = []
  let done = 0
  for (let open = text.indexOf('!['); open !== -1; open = text.indexOf('![', open + 2)) {
    const image = imageAt(text, open)
    if (image === undefined) continue
    if (open > done) segments.push({ text: text.slice(done, open) })
    segments.push({ imageUrl: image.url })
    done = image.end
    open = image.end - 2
  }
  if (done < text.length) segments.push({ text: text.slice(done) })
  return segments
}

function imageAt(text: string, open: number): { url: string; end: number } | undefined {
  const bracket = text.indexOf(']', open)
  if (bracket === -1 || text[bracket + 1] !== '(') return undefined
  const close = text.indexOf(')', bracket)
  if (close === -1) return undefined
  const url = text.slice(bracket + 2, close).trim()
  return /^(data:image\/|https?:\/\/)/i.test(url) ? { url, end: close + 1 } : undefined
}
