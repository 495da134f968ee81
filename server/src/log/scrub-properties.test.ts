import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScrubber } from './scrub.ts'

const word = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-']
const ofUnits = (units: readonly string[], minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...units), minLength, maxLength })

const oldKey = ofUnits(word, 35, 35).map((rest) => `AIza${rest}`)
const newKey = fc
  .tuple(ofUnits([...word, '.'], 20, 60), fc.constantFrom(...word))
  .map(([rest, last]) => `AQ.${rest}${last}`)
const ownToken = ofUnits(word, 43, 43).map((rest) => `gb-${rest}`)
/** Secrets that people choose, without escapes, so that each encoding has one meaning. */
const chosen = ofUnits([...word, ...'+/=.:;,!?@#$~*()[]{}<>\'"| '], 12, 40).filter(
  (secret) => secret.trim() === secret,
)
const foreign = ofUnits([...word, ...'éß中🌍'], 16, 30)

const upperHex = (byte: number) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`
const bytesOf = (text: string) => [...Buffer.from(text)]
const escapeUnit = (text: string) =>
  Array.from(
    { length: text.length },
    (_, at) => String.raw`\u` + text.charCodeAt(at).toString(16).padStart(4, '0'),
  ).join('')
const inJson = (text: string) => JSON.stringify(text).slice(1, -1)
const inHtml = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

const encodings: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in an address': encodeURIComponent,
  'in an address, in lower case': (secret) =>
    encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
  'in an address, leniently': encodeURI,
  'in a form': (secret) => new URLSearchParams([['', secret]]).toString().slice(1),
  'every byte encoded': (secret) => bytesOf(secret).map(upperHex).join(''),
  'every byte encoded, in lower case': (secret) =>
    bytesOf(secret).map(upperHex).join('').toLowerCase(),
  'encoded twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'in JSON': inJson,
  'in JSON, with escaped slashes': (secret) => inJson(secret).replaceAll('/', String.raw`\/`),
  'in JSON, every unit escaped': escapeUnit,
  'in JSON, every unit escaped, in upper case': (secret) =>
    escapeUnit(secret).replaceAll(/[a-f]/g, (digit) => digit.toUpperCase()),
  'in JSON in JSON': (secret) => inJson(inJson(secret)),
  'escaped in JSON in JSON': (secret) => inJson(escapeUnit(secret)),
  'an address in JSON': (secret) => escapeUnit(encodeURIComponent(secret)),
  'JSON in an address': (secret) => encodeURIComponent(escapeUnit(secret)),
  'in HTML': inHtml,
}

/** Holds no character that could form an escape with the text after it. */
const around = ofUnits([...word, ...' ,.;:="{}[]()<>\n'], 0, 30)
const secrets = fc.oneof(oldKey, newKey, ownToken, chosen, foreign)

describe('no secret in any text is in the output', () => {
  test.each(Object.entries(encodings))('%s', (_name, encode) => {
    fc.assert(
      fc.property(secrets, around, around, (secret, before, after) => {
        const { scrub, add } = createScrubber()
        add(secret)
        const scrubbed = scrub(before + encode(secret) + after)
        expect(scrubbed).not.toContain(encode(secret))
        expect(scrubbed).not.toContain(secret)
        expect(scrubbed).not.toContain(secret.slice(0, -4))
      }),
      { numRuns: 100 },
    )
  })

  test('any of its bytes encoded, the others not, in either case', () => {
    fc.assert(
      fc.property(
        fc.oneof(oldKey, newKey, ownToken, chosen),
        fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }),
        around,
        (secret, choices, text) => {
          const { scrub, add } = createScrubber()
          add(secret)
          const mixed = [...secret].map((character, at) => {
            const choice = choices[at % choices.length] ?? 0
            if (choice === 1) return upperHex(character.charCodeAt(0))
            if (choice === 2) return upperHex(character.charCodeAt(0)).toLowerCase()
            return choice === 3 ? escapeUnit(character) : character
          })
          const scrubbed = scrub(`${text} ${mixed.join('')} ${text}`)
          expect(scrubbed).not.toContain(mixed.join(''))
          expect(scrubbed).toContain('…')
        },
      ),
    )
  })

  test('in base64, as Basic credentials are made, in either alphabet', () => {
    fc.assert(
      fc.property(
        fc.oneof(oldKey, newKey, ownToken, chosen),
        ofUnits(word, 0, 9),
        fc.constantFrom('base64' as const, 'base64url' as const),
        (secret, user, alphabet) => {
          const { scrub, add } = createScrubber()
          add(secret)
          const credentials = Buffer.from(`${user}:${secret}`).toString(alphabet)
          const scrubbed = scrub(`Authorization: Basic ${credentials}, and more`)
          const left = /Basic ([^…]*)/.exec(scrubbed)?.[1] ?? ''
          expect(scrubbed).toContain('…')
          // The character that a form shares with what stands before it may stay: it holds bits of one letter.
          expect(Buffer.from(left, 'base64').toString('latin1').length).toBeLessThanOrEqual(
            user.length + 2,
          )
          expect(scrubbed).toContain('and more')
        },
      ),
    )
  })

  test('keys that were not added', () => {
    fc.assert(
      fc.property(fc.oneof(oldKey, newKey, ownToken), around, (key, text) => {
        const { scrub } = createScrubber()
        for (const encode of Object.values(encodings)) {
          expect(scrub(`${text}${encode(key)} ${text}`)).not.toContain(encode(key))
        }
      }),
    )
  })

  test('cut after scrubbing, wherever, no beginning of a key is left', () => {
    fc.assert(
      fc.property(fc.oneof(oldKey, newKey), around, fc.nat(200), (key, text, at) => {
        const scrubbed = createScrubber().scrub(`${text} ${key} ${text}`).slice(0, at)
        expect(scrubbed).not.toContain(key.slice(0, 8))
      }),
    )
  })
})

describe('text without a secret is not changed', () => {
  const sayings = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.json(),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.base64String({ maxLength: 400 }),
    fc.string({ maxLength: 100 }).map(encodeURIComponent),
    fc.string({ maxLength: 100 }).map(escapeUnit),
  )

  test('any text', () => {
    const { scrub, add } = createScrubber()
    add('a secret that no text has')
    add('päßwörter-🌍-other')
    add('%41\\u0041&amp;+literal')
    fc.assert(
      fc.property(sayings, (text) => {
        expect(scrub(text)).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })

  test('what stands around a secret', () => {
    const { scrub, add } = createScrubber()
    add('the-one-and-only-secret')
    fc.assert(
      fc.property(sayings, sayings, (before, after) => {
        const scrubbed = scrub(`${before} the-one-and-only-secret ${after}`)
        expect(scrubbed).toBe(`${before} …cret ${after}`)
      }),
      { numRuns: 500 },
    )
  })
})

test('50 000 added keys do not change how a line is scrubbed', () => {
  const many = createScrubber()
  const keys = Array.from({ length: 50_000 }, (_, n) => `AIza${String(n).padStart(35, 'Sy-_k')}`)
  for (const key of keys) many.add(key)
  const line = `{"msg":"${'the quick brown fox '.repeat(20)}"}`
  expect(many.scrub(line + keys[77])).toBe(`${line}…${keys[77]?.slice(-4)}`)
  expect(many.scrub(line)).toBe(line)
})
