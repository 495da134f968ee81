import type { ChatEvent } from '../openai/chat/chat-events.ts'

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
export type Paced = { readonly event: ChatEvent; readonly delayMs: number }

/** Nobody reads more than this as it is written: it is a picture, or the reader is far behind. */
const longestPacedText = 10_000

/** An event with its text in pieces: put together they say what it says. */
export function paceEvent(event: ChatEvent, pace: TextPace): Paced[] {
  if (event.kind !== 'delta') return [{ event, delayMs: 0 }]
  const { content = '', ...rest } = event.delta
  if (content === '' || content.length > longestPacedText) return [{ event, delayMs: 0 }]
  const characters = Array.from(content)
  const delayMs = delayFor(characters.length, pace)
  const texts = piecesOf(characters, characters.length >= pace.long ? pace.pieceSize : 1)
  const last = texts.length - 1
  // What else the delta says comes once, with the last of its text.
  return texts.map((text, index) => ({
    event:
      index === last
        ? { ...event, delta: { content: text, ...rest } }
        : { kind: 'delta', choice: event.choice, delta: { content: text } },
    delayMs,
  }))
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
