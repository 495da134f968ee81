/** How the text of a stream is split, and the delay after each piece. */
export type TextPace = {
  readonly minDelayMs: number
  readonly maxDelayMs: number
  /** Length in characters up to which a text is short, and from which it is long. */
  readonly short: number
  readonly long: number
  /** Characters per piece of a long text; a short text is sent by character. */
  readonly pieceSize: number
}

/** An event and the delay after it. */
export type Paced<Event> = { readonly event: Event; readonly delayMs: number }

/** Longer texts are not paced: they are images. */
const maxPacedLength = 10_000

/** Splits a text; undefined when it is sent at once. */
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

/** Long texts have a shorter delay; between the limits it falls with the logarithm of the length. */
export function delayFor(length: number, pace: TextPace): number {
  const { minDelayMs, maxDelayMs, short, long } = pace
  if (length <= short) return maxDelayMs
  if (length >= long) return minDelayMs
  const share = Math.log(length / short) / Math.log(long / short)
  return maxDelayMs - share * (maxDelayMs - minDelayMs)
}
