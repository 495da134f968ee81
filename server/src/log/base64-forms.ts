/** Base64 characters that also depend on the 0, 1 or 2 bytes before a text. */
const sharedBefore = [0, 2, 3]

/** The base64 of a text inside a longer one, as in Basic credentials: one form for each alignment to three bytes. */
export function base64Forms(text: string): { readonly form: string; readonly offset: number }[] {
  return sharedBefore.map((shared, offset) => {
    const bytes = Buffer.from(' '.repeat(offset) + text)
    const whole = bytes.toString('base64').replace(/={1,2}$/, '')
    return { form: whole.slice(shared, Math.floor((bytes.length * 8) / 6)), offset }
  })
}

/** Decodes base64 from where a form of this alignment begins up to `end`; undefined where it cannot begin there. */
export function readBase64(
  encoded: string,
  { at, offset, end }: { readonly at: number; readonly offset: number; readonly end: number },
): string | undefined {
  const start = at - (sharedBefore[offset] ?? 0)
  if (start < 0) return undefined
  return Buffer.from(encoded.slice(start, end), 'base64').toString('latin1').slice(offset)
}

/** The length of the form of so many bytes. */
export function base64Length(bytes: number, offset: number): number {
  return Math.ceil(((offset + bytes) * 8) / 6) - (sharedBefore[offset] ?? 0)
}
