/** Decodes percent codes; keeps a text that is not percent-encoded. */
export function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
