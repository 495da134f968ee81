/** How many characters of base64 the bytes before a text share with it: by their number, three being none again. */
const sharedBefore = [0, 2, 3]

/**
 * What stays of a text in base64 whatever stands before and behind it: one form for each of the three ways it can fall. Basic
 * credentials are made like this.
 */
export function base64Forms(text: string): { readonly form: string; readonly offset: number }[] {
  return sharedBefore.map((shared, offset) => {
    const bytes = Buffer.from(' '.repeat(offset) + text)
    const whole = bytes.toString('base64').replace(/=+$/, '')
    return { form: whole.slice(shared, Math.floor((bytes.length * 8) / 6)), offset }
  })
}

/** Reads base64 where a form of a text begins that falls in this way; undefined where nothing can stand before it. */
export function readBase64(
  encoded: string,
  { at, offset }: { readonly at: number; readonly offset: number },
): string | undefined {
  const start = at - (sharedBefore[offset] ?? 0)
  if (start < 0) return undefined
  return Buffer.from(encoded.slice(start), 'base64').toString('latin1').slice(offset)
}

/** How many characters of a form belong to so many bytes of the text. */
export function base64Length(bytes: number, offset: number): number {
  return Math.ceil(((offset + bytes) * 8) / 6) - (sharedBefore[offset] ?? 0)
}
