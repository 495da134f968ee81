/** Text without its percent codes; as it is where a percent sign stands for itself. */
export function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
