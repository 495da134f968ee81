/** A text without escapes, and the place of each character in the original. */
export type CanonicalText = {
  readonly text: string
  /** The range of the original that became the characters from `start` up to `end`. */
  origin(start: number, end: number): { readonly start: number; readonly end: number }
}

/** Matches a text that has escapes. */
const escape = /%[\da-f]{2}|\\u[\da-f]{4}|\\[\\/]|&(?:amp|lt|gt|quot|apos|#)/i

/**
 * Matches an escape of any depth: `%2541` is `%41` encoded again. A run of backslashes is tried from its first one only: from each of them,
 * the time would grow with the square of its length.
 */
const escapes =
  /%(?:25)*([\da-f]{2})|(?<!\\)\\+(?:u([\da-f]{4})|(\/))|&(?:amp;)*(?:(amp|lt|gt|quot|apos)|#(\d{1,3})|#x([\da-f]{1,2}));/gi

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

/** How often escapes of one kind may be nested in another kind. */
const maxDepth = 3

export const hasEscapes = (text: string): boolean => escape.test(text)

/**
 * One form for all encodings of the same characters: in URLs, forms, JSON and HTML, also partly encoded or nested. Backslashes and non-ASCII
 * characters are removed, and a space becomes a plus, so that all encoders give the same.
 */
export function canonicalText(original: string): CanonicalText {
  let spans: Spans = { text: original, starts: undefined, ends: undefined }
  for (let depth = 0; depth < maxDepth && escape.test(spans.text); depth += 1) spans = undo(spans)
  const { text, starts, ends } = fold(spans)
  return {
    text,
    origin: (start, end) => ({ start: starts?.[start] ?? start, end: ends?.[end - 1] ?? end }),
  }
}

/** `starts` and `ends` are undefined while every character has its original place. */
type Spans = {
  readonly text: string
  readonly starts: readonly number[] | undefined
  readonly ends: readonly number[] | undefined
}

function undo(spans: Spans): Spans {
  const { text } = spans
  const build = builder(spans)
  let at = 0
  for (const match of text.matchAll(escapes)) {
    for (; at < match.index; at += 1) build.add(text.charAt(at), at, at + 1)
    at += match[0].length
    build.add(meaning(match), match.index, at)
  }
  for (; at < text.length; at += 1) build.add(text.charAt(at), at, at + 1)
  return build.done()
}

function meaning([, percent, unicode, slash, name, decimal, hex]: RegExpMatchArray): string {
  if (slash !== undefined) return slash
  if (name !== undefined) return entities[name.toLowerCase()] ?? ''
  if (decimal !== undefined) return String.fromCharCode(Number.parseInt(decimal, 10))
  return String.fromCharCode(Number.parseInt(percent ?? unicode ?? hex ?? '', 16))
}

function fold(spans: Spans): Spans {
  const { text } = spans
  const build = builder(spans)
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const isDropped = code < 0x20 || code > 0x7e || code === 0x5c
    if (!isDropped) build.add(code === 0x20 ? '+' : text.charAt(at), at, at + 1)
  }
  return build.done()
}

/** Builds a text, and keeps for each character its range in the original. */
function builder({ starts: oldStarts, ends: oldEnds }: Spans) {
  const characters: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  return {
    add(character: string, start: number, end: number): void {
      characters.push(character)
      starts.push(oldStarts?.[start] ?? start)
      ends.push(oldEnds?.[end - 1] ?? end)
    },
    done: (): Spans => ({ text: characters.join(''), starts, ends }),
  }
}
