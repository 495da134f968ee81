export type Segment = { readonly text: string } | { readonly imageUrl: string }

const imageAddress = /\s*(?:data:image\/|https?:\/\/)/iy

/**
 * Splits a text at its markdown images. No regular expression over an image, which may be megabytes of base64, and no character is searched
 * twice: a text may begin many images and end none.
 */
export function splitAtImages(text: string): Segment[] {
  const segments: Segment[] = []
  let done = 0
  let close = -1
  for (let open = text.indexOf('!['); open !== -1;) {
    const bracket = text.indexOf(']', open)
    if (bracket === -1) break
    // Whatever begins before this bracket ends with it.
    let next = bracket + 1
    if (text[next] === '(') {
      if (close < next) close = text.indexOf(')', next)
      if (close === -1) break
      imageAddress.lastIndex = bracket + 2
      if (imageAddress.test(text)) {
        if (open > done) segments.push({ text: text.slice(done, open) })
        segments.push({ imageUrl: text.slice(bracket + 2, close).trim() })
        next = close + 1
        done = next
      }
    }
    open = text.indexOf('![', next)
  }
  if (done < text.length) segments.push({ text: text.slice(done) })
  return segments
}
