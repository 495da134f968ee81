import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../log/secret.ts'
import { KeyRedactor } from './key-redactor.ts'

const key = 'AIzaSyCanaryCanaryAIzaCanaryCanary00042'

const eventOf = (text: string) =>
  `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text }] } }] })}\r\n\r\n`

/** The texts that a client reads when Google sends these, an event each. */
function textsSeen(texts: readonly string[], events = texts.map(eventOf)): string[] {
  const redactor = new KeyRedactor(new Secret(key))
  const sent = events.map((event) => redactor.next(Buffer.from(event)).toString()).join('')
  return sent
    .split('\r\n\r\n')
    .filter((event) => event !== '')
    .map((event) => JSON.parse(event.slice('data: '.length)).candidates[0].content.parts[0].text)
}

/** The key in pieces of four characters and more. */
const pieces = fc
  .array(fc.integer({ min: 4, max: 20 }), { minLength: 2, maxLength: 8 })
  .map((lengths) => {
    const cut: string[] = []
    let at = 0
    for (const length of lengths) {
      const isLast = at + length > key.length - 4
      cut.push(isLast ? key.slice(at) : key.slice(at, at + length))
      at += length
      if (isLast) return cut
    }
    return [...cut, key.slice(at)]
  })
  .filter((cut) => cut.length > 1)

describe('a key that is spread over the texts of events', () => {
  test('is masked from its second piece on, and from the first where that is long', () => {
    fc.assert(
      fc.property(pieces, fc.string(), fc.string(), (cut, before, after) => {
        const texts = cut.map((piece, index) => {
          const start = index === 0 ? before : ''
          return start + piece + (index === cut.length - 1 ? after : '')
        })
        const seen = textsSeen(texts).join('')
        expect(seen).not.toContain(key)
        const shown = cut.filter((piece, index) => index > 0 && seen.includes(piece + after))
        expect(shown.filter((piece) => piece.length >= 8)).toEqual([])
      }),
    )
  })

  test('is found with other events between its pieces', () => {
    const seen = textsSeen([`my key: ${key.slice(0, 12)}`, '', 'thinking', key.slice(12)])
    expect(seen).toEqual([`my key: ${'*'.repeat(12)}`, '', 'thinking', '*'.repeat(key.length - 12)])
  })

  test('is forgotten after a while, so that nothing else is masked', () => {
    const long = 'x'.repeat(80 * 1024)
    const texts = [`a ${key.slice(0, 5)}`, long, `${key.slice(5, 9)} is a word`]
    expect(textsSeen(texts)).toEqual(texts)
  })

  test('is no reason to change texts that only look alike', () => {
    const texts = ['AIza', 'AIzaSy', 'Sy', key.slice(0, 6), 'else', `${key.slice(6, 12)}x`]
    expect(textsSeen(texts)).toEqual(texts)
  })
})
