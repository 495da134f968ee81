/** JSON as it arrives from shells, panels and copied examples. Undefined where no reading fits. */
export function parseLenientJson(written: string): unknown {
  for (const reading of readings) {
    const text = reading(written)
    const value = text === undefined ? undefined : parseJson(text)
    if (value !== undefined) return value
  }
  return undefined
}

/** In the order in which they are tried. */
const readings: readonly ((written: string) => string | undefined)[] = [
  (written) => written,
  // A shell removes double quotes, so people write single ones.
  (written) => written.replaceAll("'", '"'),
  withoutEscapes,
  withMissingEnd,
]

/** `[\"a\"]`: panels escape what they put into a file of their own. */
function withoutEscapes(written: string): string | undefined {
  return written.includes('\\"') ? written.replace(/\\(["\\])/g, '$1') : undefined
}

/** The last brackets are easily lost when a long line is copied. */
function withMissingEnd(written: string): string | undefined {
  const trimmed = written.trim()
  const missing = openBrackets(trimmed)
  return missing === undefined || /[[{:,]$/.test(trimmed) ? undefined : trimmed + missing
}

const closers: Readonly<Record<string, string>> = { '[': ']', '{': '}' }

/** What would close the text; undefined inside a string, and where a bracket closes another one. */
function openBrackets(text: string): string | undefined {
  const open: string[] = []
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at)
    if (inString && letter === '\\') at += 1
    else if (letter === '"') inString = !inString
    else if (!inString && letter in closers) open.push(closers[letter] ?? '')
    else if (!inString && (letter === ']' || letter === '}') && open.pop() !== letter)
      return undefined
  }
  return inString ? undefined : open.toReversed().join('')
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return undefined
  }
}

/** A text without the quotes around it; the text itself where quotes also stand inside. */
export function withoutOuterQuotes(written: string): string {
  const trimmed = written.trim()
  const quote = trimmed.charAt(0)
  const isQuoted =
    trimmed.length >= 2 && (quote === '"' || quote === "'") && trimmed.endsWith(quote)
  if (!isQuoted) return written
  const inside = trimmed.slice(1, -1)
  const plain = inside.replaceAll(`\\${quote}`, '')
  if (plain.includes(quote) || plain.endsWith('\\')) return written
  return quote === '"' ? inside.replace(/\\(["\\])/g, '$1') : inside
}
