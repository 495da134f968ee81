import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScrubber, mask } from './scrub.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'
const oldKey = (n: number) => `AIza${String(n).padStart(35, 'Sy-_k')}`
const newKey = `AQ.${letters.slice(0, 48)}`

function scrubberOf(...secrets: string[]) {
  const scrubber = createScrubber()
  for (const secret of secrets) scrubber.add(secret)
  return scrubber
}

describe('a scrubber', () => {
  test('removes Gemini keys of both shapes that were not added', () => {
    const { scrub } = createScrubber()
    expect(scrub(`?key=${oldKey(1234)}&alt=sse`)).toBe('?key=…1234&alt=sse')
    expect(scrub(`"x-goog-api-key":"${newKey}"`)).toBe(`"x-goog-api-key":"…${newKey.slice(-4)}"`)
    expect(scrub(`${oldKey(1111)},${oldKey(2222)}`)).toBe('…1111,…2222')
  })

  test('removes a key that was cut off or has text attached to it', () => {
    const { scrub } = createScrubber()
    expect(scrub(oldKey(1234).slice(0, 30))).not.toContain(oldKey(1234).slice(0, 20))
    expect(scrub(`prefix_${oldKey(1234)}`)).toBe('prefix_…1234')
    expect(scrub(`${oldKey(1234)}and-more`)).toBe('…more')
  })

  test('removes a key that is written in escapes of JSON, also nested ones', () => {
    const { scrub } = createScrubber()
    const inEscapes = (backslashes: string) =>
      Array.from(oldKey(1234), (one) => {
        const code = one.charCodeAt(0).toString(16).padStart(4, '0')
        return `${backslashes}u${code}`
      }).join('')
    expect(scrub(`"key ${inEscapes('\\')}"`)).toBe('"key …1234"')
    expect(scrub(`"key ${inEscapes('\\\\')}"`)).toBe('"key …1234"')
    expect(scrub(`"\\u0041${oldKey(1234).slice(1)}"`)).toBe('"…1234"')
  })

  test('does not change text without secrets', () => {
    const { scrub } = scrubberOf('sk-canary-token-0001')
    const text = 'AIza is how keys begin; AQ. too. sk-canary-token-0002 is free.'
    expect(scrub(text)).toBe(text)
    expect(scrub('')).toBe('')
    expect(scrub('abc')).toBe('abc')
  })

  test('removes an added secret anywhere in a text', () => {
    const { scrub } = scrubberOf('sk-canary-token-0001')
    expect(scrub('sk-canary-token-0001')).toBe('…0001')
    expect(scrub('Bearer sk-canary-token-0001.')).toBe('Bearer …0001.')
    expect(scrub('<sk-canary-token-0001sk-canary-token-0001>')).toBe('<…0001…0001>')
  })

  test('removes a secret that is URL-encoded, form-encoded or JSON-escaped', () => {
    const secret = 'p+ss w/rd"\\=é…longer'
    const { scrub } = scrubberOf(secret)
    expect(scrub(`?t=${encodeURIComponent(secret)}&x`)).toBe('?t=…nger&x')
    expect(scrub(`?t=${encodeURIComponent(secret).replace(/%../g, (c) => c.toLowerCase())}`)).toBe(
      '?t=…nger',
    )
    expect(scrub(String(new URLSearchParams({ t: secret })))).toBe('t=…nger')
    expect(scrub(JSON.stringify({ t: secret }))).toBe('{"t":"…nger"}')
    expect(scrub(secret)).toBe('…nger')
  })

  test('shows no characters of a short secret', () => {
    expect(scrubberOf('sk-123456').scrub('token sk-123456')).toBe('token …')
    expect(mask('sk-123456')).toBe('…')
    expect(mask('sk-1234567890')).toBe('…7890')
  })

  test('ignores secrets of a few letters', () => {
    expect(scrubberOf('a', '', 'key').scrub('a key')).toBe('a key')
  })

  test('prefers the longer of two secrets that begin alike', () => {
    const { scrub } = scrubberOf('token-token-1111', 'token-token-1111-2222')
    expect(scrub('token-token-1111-2222 token-token-1111')).toBe('…2222 …1111')
  })

  test('removes both of two secrets that overlap', () => {
    const { scrub } = scrubberOf('first-secret-shared', 'shared-second-secret')
    expect(scrub('first-secret-shared-second-secret!')).toBe('…cret!')
  })

  test('forgets a secret that was removed and keeps the others', () => {
    const scrubber = scrubberOf('token-token-1111', 'token-token-2222')
    scrubber.remove('token-token-1111')
    expect(scrubber.scrub('token-token-1111 token-token-2222')).toBe('token-token-1111 …2222')
  })

  test('accepts a secret with half a surrogate pair', () => {
    expect(scrubberOf('broken-\ud800-secret').scrub('broken-\ud800-secret')).toBe('…cret')
  })

  test('removes an added secret in any text', () => {
    const secretText = fc.string({
      unit: fc.constantFrom(...'ab1-_~+/=&% "\\é'),
      minLength: 6,
      maxLength: 20,
    })
    const around = fc.string({ unit: fc.constantFrom(...'ab1-_ '), maxLength: 12 })
    fc.assert(
      fc.property(fc.array(secretText, { minLength: 1, maxLength: 5 }), around, (secrets, text) => {
        const { scrub } = scrubberOf(...secrets)
        for (const secret of secrets) {
          const scrubbed = scrub(text + secret + text + encodeURIComponent(secret) + text)
          for (const other of secrets) expect(scrubbed).not.toContain(other)
        }
      }),
    )
  })

  test('finds one of 50 000 secrets as it finds one of a few', () => {
    const secrets = Array.from({ length: 50_000 }, (_, n) => `${letters[n % 60]}odd-${n}-secret`)
    const few = scrubberOf(...secrets.slice(0, 500))
    const many = scrubberOf(...secrets)
    const line = `{"level":"info","msg":"${'the quick brown fox '.repeat(20)}${secrets[77]}"}`
    expect(many.scrub(line)).toBe(few.scrub(line))
    expect(many.scrub(line)).not.toContain(secrets[77])
  })
})
