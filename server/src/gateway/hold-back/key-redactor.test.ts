import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createScrubber } from '../../log/scrub.ts'
import { Secret } from '../../log/secret.ts'
import { KeyRedactor } from './key-redactor.ts'

const key = 'AIzaSyCanaryCanaryAIzaCanaryCanary00042'

function redact(chunks: readonly (string | Buffer)[]): string {
  const redactor = new KeyRedactor(new Secret(key))
  const written = chunks.map((chunk) =>
    redactor.next(typeof chunk === 'string' ? Buffer.from(chunk) : chunk),
  )
  return Buffer.concat([...written, redactor.flush() ?? Buffer.alloc(0)]).toString()
}

function splitAt(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text)
  const { length } = bytes
  const ends = [...new Set([...cuts.map((cut) => cut % (length + 1)), length])].toSorted(
    (a, b) => a - b,
  )
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

const pieces = fc.array(
  fc.constantFrom(key, 'A', 'AI', 'AIza', 'x', '"error": ', key.slice(0, 7)),
  {
    maxLength: 12,
  },
)

test('the key is removed for every split into chunks', () => {
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(), { maxLength: 12 }), (parts, cuts) => {
      const text = parts.join('')
      const written = redact(splitAt(text, cuts))
      expect(written).not.toContain(key)
      expect(written).toBe(text.replaceAll(key, '…0042'))
    }),
  )
})

test('an answer that breaks off within the key does not end with a part of it', () => {
  expect(redact([`quoted: ${key.slice(0, 30)}`])).toBe('quoted: …0042')
})

test('an answer without the key is redact on without a copy', () => {
  const chunk = Buffer.from('data: {"text":"hello"}\r\n\r\n')
  const redactor = new KeyRedactor(new Secret(key))
  expect(redactor.next(chunk)).toBe(chunk)
  expect(redactor.whole(chunk)).toBe(chunk)
})

test('a header that contains the key is removed, and only that one', () => {
  const redactor = new KeyRedactor(new Secret(key))
  const headers = { a: `https://x/?key=${key}`, b: ['1', key], c: 'plain', d: ['1', '2'] }
  expect(redactor.headers(headers)).toEqual({ c: 'plain', d: ['1', '2'] })
})

test('the key is removed where the chunks of two events meet within it', () => {
  const event = `data: {"error":"${key}"}\r\n\r\n`
  const written = redact(splitAt(event + event, [30, 60, 90]))
  expect(written).not.toContain(key.slice(0, 12))
  expect(written).toBe(`data: {"error":"…0042"}\r\n\r\n`.repeat(2))
})

const spell = (character: string, backslashes: number, isUpper: boolean) => {
  const hex = character.charCodeAt(0).toString(16).padStart(4, '0')
  return `${'\\'.repeat(backslashes)}u${isUpper ? hex.toUpperCase() : hex}`
}

/** Any way to write the key, from as it is to JSON in JSON in JSON. */
const spelling = fc
  .array(fc.tuple(fc.constantFrom(0, 0, 1, 1, 2, 4), fc.boolean()), {
    minLength: key.length,
    maxLength: key.length,
  })
  .map((ways) =>
    Array.from(key, (character, at) => {
      const [backslashes, isUpper] = ways[at] ?? [0, false]
      return backslashes === 0 ? character : spell(character, backslashes, isUpper)
    }).join(''),
  )

/** Every text that a reader of JSON could see in a part of this one, however deep the JSON is. */
function readings(text: string): string[] {
  const read = text.replaceAll(/\\+u([\da-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return [text, read]
}

const cuts = fc.array(fc.nat(), { maxLength: 12 })

test('the key is removed however its characters are escaped and the chunks are split', () => {
  const around = fc.constantFrom('', '{"a":"', '\\\\', 'AIza', '\\n', '\\u0041', '\\u00', 'x')
  fc.assert(
    fc.property(spelling, around, around, cuts, (spelled, before, after, places) => {
      const written = redact(splitAt(before + spelled + after, places))
      for (const reading of readings(written)) expect(reading).not.toContain(key)
      expect(written).toContain('…0042')
    }),
    { numRuns: 1000 },
  )
})

test('JSON stays JSON where the key is removed from a string', () => {
  fc.assert(
    fc.property(fc.string(), spelling, fc.string(), cuts, (before, spelled, after, places) => {
      const once = spelled.replaceAll(/\\+u/g, '\\u')
      const inJson = (text: string) => JSON.stringify(text).slice(1, -1)
      const json = `{"error":"${inJson(before)}${once}${inJson(after)}"}`
      const read: unknown = JSON.parse(redact(splitAt(json, places)))
      expect(read).toEqual({ error: `${before}…0042${after}` })
    }),
  )
})

test('what the log hides, clients do not see either', () => {
  const { scrub } = createScrubber()
  fc.assert(
    fc.property(spelling, (spelled) => {
      expect(scrub(`"${spelled}"`)).toBe('"…0042"')
      expect(redact([`"${spelled}"`])).toBe('"…0042"')
    }),
  )
})

test('a text without the key is not changed, whatever escapes it has', () => {
  const piece = fc.constantFrom(
    '\\',
    '\\u',
    '\\u004',
    '\\u0041',
    '\\u0049za',
    'AIza',
    'u',
    '"',
    '\n',
    'é',
  )
  const text = fc.oneof(
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
    fc.json(),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(text, cuts, (given, places) => {
      const bytes = Buffer.from(given)
      expect(redact(splitAt(given, places))).toBe(given)
      expect(new KeyRedactor(new Secret(key)).whole(bytes)).toBe(bytes)
    }),
    { numRuns: 1000 },
  )
})

test('no more is kept back than the longest spelling of the key', () => {
  const redactor = new KeyRedactor(new Secret(key))
  const text = '\\'.repeat(10_000) + spell('A', 8, false) + '\\'.repeat(10_000)
  let kept = 0
  let most = 0
  for (const byte of Buffer.from(text)) {
    kept += 1 - redactor.next(Buffer.from([byte])).length
    most = Math.max(most, kept)
  }
  expect(most).toBeLessThan(key.length * 13)
})

test('an answer that breaks off within an escaped key does not end with a part of it', () => {
  const spelled = Array.from(key.slice(0, 20), (one) => spell(one, 1, false)).join('')
  expect(redact([`quoted: ${spelled}\\u00`])).toBe('quoted: …0042')
})

test('a header that contains the key in escapes is removed', () => {
  const redactor = new KeyRedactor(new Secret(key))
  const headers = { a: `"${spell('A', 1, true)}${key.slice(1)}"`, b: String.raw`"\u0041"` }
  expect(redactor.headers(headers)).toEqual({ b: String.raw`"\u0041"` })
})
