/** How the text of a stream is cut, and how long a reader is given for each piece. */
export type TextPace = {
  readonly minDelayMs: number
  readonly maxDelayMs: number
  /** Characters up to which a text is short, and from which it is long. */
  readonly short: number
  readonly long: number
  /** Characters of a piece of a long text. */
  readonly pieceSize: number
}

/** An event that goes out, and the silence after it. */
export type Paced<Event> = { readonly event: Event; readonly delayMs: number }

/** Nobody reads more than this as it is written: it is a picture, or the reader is far behind. */
const maxPacedLength = 10_000

/** A text in pieces with the silence after each; undefined where it goes out at once. */
export function paceText(
  text: string,
  pace: TextPace,
): { readonly pieces: readonly string[]; readonly delayMs: number } | undefined {
  if (text === '' || text.length > maxPacedLength) return undefined
  const characters = Array.from(text)
  const size = characters.length >= pace.long ? pace.pieceSize : 1
  return { pieces: piecesOf(characters, size), delayMs: delayFor(characters.length, pace) }
}

function piecesOf(characters: readonly string[], size: number): string[] {
  const pieces: string[] = []
  for (let from = 0; from < characters.length; from += size) {
    pieces.push(characters.slice(from, from + size).join(''))
  }
  return pieces
}

/** Short texts are written slowly and long ones fast; between the two the delay falls with the logarithm of the length. */
export function delayFor(length: number, pace: TextPace): number {
  const { minDelayMs, maxDelayMs, short, long } = pace
  if (length <= short) return maxDelayMs
  if (length >= long) return minDelayMs
  const share = Math.log(length / short) / Math.log(long / short)
  return maxDelayMs - share * (maxDelayMs - minDelayMs)
}
