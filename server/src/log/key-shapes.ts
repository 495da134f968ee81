import { base64Forms, base64Length, readBase64 } from './base64-forms.ts'
import type { Match } from './secret-index.ts'

/**
 * The shapes of Google's keys and of this gateway's tokens, of which only digests are kept. No word begins with `AIza`, so a few characters are
 * enough; `AQ.` needs more, except at the end of a text, which may be cut off.
 */
const shape = /AIza[\w-]{8,}|AQ\.[\w.-]{19,}[\w-]|AQ\.[\w.-]{8,}$|gb[a-z]?-[\w-]{32,}/g
const wholeKey = /^(?:AIza[\w-]{20,}|AQ\.[\w.-]{19,}[\w-]|gb[a-z]?-[\w-]{32,})$/

const encodedStarts = ['AIza', 'AQ.', 'gb-'].flatMap(base64Forms)
// oxlint-disable-next-line gateway/linear-regexp -- linear: each alternative has one length
const encodedShape = new RegExp(
  `(?:${encodedStarts.map(({ form }) => `(${form})`).join('|')})[\\w+/-]{24}`,
  'g',
)
const otherThanBase64 = /[^\w+/-]/
const decodedKey = /^(?:AIza[\w-]{20,}|AQ\.[\w.-]{20,}|gb-[\w-]{32,})/

/** Whether a secret is found by its shape, so that the index need not hold it. */
export const isKey = (secret: string): boolean => wholeKey.test(secret)

/** Finds every key in a text by its shape, plain or in base64. */
export function keysIn(text: string, mask: (key: string) => string): Match[] {
  const plain = Array.from(text.matchAll(shape), ({ 0: key, index }) => ({
    start: index,
    end: index + key.length,
    mask: mask(key),
  }))
  return [...plain, ...encodedKeysIn(text, mask)]
}

function encodedKeysIn(text: string, mask: (key: string) => string): Match[] {
  const found: Match[] = []
  encodedShape.lastIndex = 0
  for (let match = encodedShape.exec(text); match !== null; match = encodedShape.exec(text)) {
    const { index } = match
    const which = match.slice(1).findIndex((start) => start !== undefined)
    const offset = encodedStarts[which]?.offset ?? 0
    const encoded = readEncodedKey(text, { at: index, offset })
    if (encoded === undefined) {
      // A key may begin inside this match.
      encodedShape.lastIndex = index + 1
      continue
    }
    // The character before may hold bits of the first letter, which is no secret.
    const end = Math.min(encoded.end, index + base64Length(encoded.key.length, offset))
    found.push({ start: index, end, mask: mask(encoded.key) })
    encodedShape.lastIndex = end
  }
  return found
}

/** Long enough for the shortest key, so that a text of false beginnings costs no more than this at each. */
const firstWindow = 64

/** Decodes no more than about twice the key: what follows may be megabytes of base64. */
function readEncodedKey(
  text: string,
  place: { readonly at: number; readonly offset: number },
): { readonly key: string; readonly end: number } | undefined {
  for (let length = firstWindow; ; length *= 2) {
    const window = text.slice(place.at, place.at + length)
    const stop = window.search(otherThanBase64)
    const end = stop === -1 ? place.at + window.length : place.at + stop
    const decoded = readBase64(text, { ...place, end }) ?? ''
    const key = decodedKey.exec(decoded)?.[0]
    if (key === undefined) return undefined
    // The last bytes may belong to a group that the window cut.
    if (key.length < decoded.length - 3 || end < place.at + length) return { key, end }
  }
}
