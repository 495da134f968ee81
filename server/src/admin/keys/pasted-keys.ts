import { yieldToEventLoop } from '../../runtime/slices/yield-to-event-loop.ts'

export type PastedKeys = {
  /** Each once, in the order of the text. */
  readonly values: readonly string[]
  readonly doubles: number
  /** Pieces that look like keys but are not. */
  readonly invalid: number
}

const piece = /[\w.-]+/g
const wholeKey = /^(?:AIza[\w-]{35}|AQ\.[\w-]{20,200})$/
const keyLike = /^(?:AIza|AQ\.)/
/** Longer than any word of a sentence. */
const longestWord = 30
const piecesAtOnce = 2000

/** The Gemini keys in any text: lists, JSON, `.env` files, mails. */
export async function readPastedKeys(text: string): Promise<PastedKeys> {
  const values = new Set<string>()
  let found = 0
  let invalid = 0
  let seen = 0
  for (const [match] of text.matchAll(piece)) {
    const candidate = withoutDots(match)
    if (wholeKey.test(candidate)) {
      values.add(candidate)
      found += 1
    } else if (keyLike.test(candidate) || candidate.length > longestWord) invalid += 1
    seen += 1
    if (seen % piecesAtOnce === 0) await yieldToEventLoop()
  }
  return { values: [...values], doubles: found - values.size, invalid }
}

/** Removes the dots around a piece, such as the one that ends a sentence. A regular expression would try each dot inside it. */
function withoutDots(piece: string): string {
  let start = 0
  let end = piece.length
  while (piece[start] === '.') start += 1
  while (end > start && piece[end - 1] === '.') end -= 1
  return piece.slice(start, end)
}
