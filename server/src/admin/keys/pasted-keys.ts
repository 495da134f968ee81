import type { RejectedKey } from '@gemini-balance/contract'
import { mask } from '../../log/scrub.ts'
import { yieldToEventLoop } from '../../runtime/slices/yield-to-event-loop.ts'

export type PastedKeys = {
  /** Each once, with the line of the text where it is first, in the order of the text. */
  readonly values: ReadonlyMap<string, number>
  readonly doubles: number
  /** Pieces that look like keys but are not. */
  readonly invalid: number
  /** The first of those that are not imported, masked. */
  readonly rejected: readonly RejectedKey[]
}

const piece = /[\w.-]+/g
const wholeKey = /^(?:AIza[\w-]{35}|AQ\.[\w-]{20,200})$/
const keyLike = /^(?:AIza|AQ\.)/
/** Longer than any word of a sentence. */
const longestWord = 30
const piecesAtOnce = 2000
/** More than a person reads. */
const maxRejected = 100

/** The Gemini keys in any text: lists, JSON, `.env` files, mails. */
export async function readPastedKeys(text: string): Promise<PastedKeys> {
  const values = new Map<string, number>()
  const rejected: RejectedKey[] = []
  const lineAt = createLineCounter(text)
  let doubles = 0
  let invalid = 0
  let seen = 0
  const reject = (line: number, key: string, why: RejectedKey['why']) => {
    if (rejected.length < maxRejected) rejected.push({ line, key: mask(key), why })
  }
  for (const { 0: match, index } of text.matchAll(piece)) {
    const candidate = withoutDots(match)
    const line = lineAt(index)
    if (!wholeKey.test(candidate)) {
      if (keyLike.test(candidate) || candidate.length > longestWord) {
        invalid += 1
        reject(line, candidate, problemOf(candidate))
      }
    } else if (values.has(candidate)) {
      doubles += 1
      reject(line, candidate, 'double')
    } else values.set(candidate, line)
    seen += 1
    if (seen % piecesAtOnce === 0) await yieldToEventLoop()
  }
  return { values, doubles, invalid, rejected }
}

/** Why a piece is no key. */
function problemOf(candidate: string): RejectedKey['why'] {
  const [, start, rest = ''] = /^(AIza|AQ\.)(.*)$/.exec(candidate) ?? []
  if (start === undefined) return 'no-key'
  const [fewest, most] = start === 'AIza' ? [35, 35] : [20, 200]
  if (rest.length < fewest) return 'too-short'
  return rest.length > most ? 'too-long' : 'no-key'
}

/** The line of a place in a text, counted from 1. Places must not go back. */
function createLineCounter(text: string): (index: number) => number {
  let line = 1
  let next = text.indexOf('\n')
  return (index) => {
    while (next !== -1 && next < index) {
      line += 1
      next = text.indexOf('\n', next + 1)
    }
    return line
  }
}

/** Removes the dots around a piece, such as the one that ends a sentence. A regular expression would try each dot inside it. */
function withoutDots(piece: string): string {
  let start = 0
  let end = piece.length
  while (piece[start] === '.') start += 1
  while (end > start && piece[end - 1] === '.') end -= 1
  return piece.slice(start, end)
}
