import { base64Forms, base64Length, readBase64 } from './base64-forms.ts'
import type { Match } from './secret-index.ts'

/**
 * The shapes of Google's keys and of this gateway's tokens, of which only digests are kept: no start after the one that made them knows them. No word begins like `AIza`, so little of it is enough; of `AQ.` more is needed, but at the end of
 * a text, where a connection may have broken off.
 */
const shape = /AIza[\w-]{8,}|AQ\.[\w.-]{19,}[\w-]|AQ\.[\w.-]{8,}$|gb[a-z]?-[\w-]{32,}/g
const wholeKey = /^(?:AIza[\w-]{20,}|AQ\.[\w.-]{19,}[\w-]|gb[a-z]?-[\w-]{32,})$/

const encodedStarts = ['AIza', 'AQ.', 'gb-'].flatMap(base64Forms)
const encodedShape = new RegExp(
  `(?:${encodedStarts.map(({ form }) => `(${form})`).join('|')})[\\w+/-]{24,}`,
  'g',
)
const decodedKey = /^(?:AIza[\w-]{20,}|AQ\.[\w.-]{20,}|gb-[\w-]{32,})/

/** Whether a secret is found by its shape: 50 000 such keys need no place in memory. */
export const isKey = (secret: string): boolean => wholeKey.test(secret)

/** Every key in a text, plain or in base64, whether anybody made it known or not; `mask` says what stands for it. */
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
    const { index, 0: encoded } = match
    const which = match.slice(1).findIndex((start) => start !== undefined)
    const offset = encodedStarts[which]?.offset ?? 0
    const end = index + encoded.length
    const key = decodedKey.exec(readBase64(text.slice(0, end), { at: index, offset }) ?? '')?.[0]
    if (key === undefined) {
      // What begins like a key may hold another that is one.
      encodedShape.lastIndex = index + 1
      continue
    }
    // The character before may hold bits of the first letter, and tells nothing that everybody does not know.
    found.push({
      start: index,
      end: Math.min(end, index + base64Length(key.length, offset)),
      mask: mask(key),
    })
  }
  return found
}
