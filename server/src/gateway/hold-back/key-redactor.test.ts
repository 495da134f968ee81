import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Secret } from '../../log/secret.ts'
import { KeyRedactor } from './key-redactor.ts'

const key = 'AIzaSyCanaryCanaryAIzaCanaryCanary00042'

function redact(chunks: readonly string[]): string {
  const redactor = new KeyRedactor(new Secret(key))
  const written = chunks.map((chunk) => redactor.next(Buffer.from(chunk)))
  return Buffer.concat([...written, redactor.flush() ?? Buffer.alloc(0)]).toString()
}

function splitAt(text: string, cuts: readonly number[]): string[] {
  const ends = [...new Set([...cuts.map((cut) => cut % (text.length + 1)), text.length])].toSorted(
    (a, b) => a - b,
  )
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end))
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
