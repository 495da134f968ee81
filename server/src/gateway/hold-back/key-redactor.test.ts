import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Secret } from '../../log/secret.ts'
import { KeyRedactor } from './key-redactor.ts'

const key = 'AIzaSyCanaryCanaryAIzaCanaryCanary00042'

function passed(chunks: readonly string[]): string {
  const redactor = new KeyRedactor(new Secret(key))
  const said = chunks.map((chunk) => redactor.next(Buffer.from(chunk)))
  return Buffer.concat([...said, redactor.flush() ?? Buffer.alloc(0)]).toString()
}

function cutInto(text: string, cuts: readonly number[]): string[] {
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

test('a key never passes, however the answer is cut into chunks', () => {
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(), { maxLength: 12 }), (parts, cuts) => {
      const text = parts.join('')
      const said = passed(cutInto(text, cuts))
      expect(said).not.toContain(key)
      expect(said).toBe(text.replaceAll(key, '…0042'))
    }),
  )
})

test('an answer that breaks off within a key does not end with the beginning of it', () => {
  expect(passed([`quoted: ${key.slice(0, 30)}`])).toBe('quoted: …0042')
})

test('an answer without the key goes on as the very bytes that came', () => {
  const chunk = Buffer.from('data: {"text":"hello"}\r\n\r\n')
  const redactor = new KeyRedactor(new Secret(key))
  expect(redactor.next(chunk)).toBe(chunk)
  expect(redactor.whole(chunk)).toBe(chunk)
})

test('headers lose the key too', () => {
  const redactor = new KeyRedactor(new Secret(key))
  expect(redactor.headers({ a: `https://x/?key=${key}`, b: ['1', key], c: 'plain' })).toEqual({
    a: 'https://x/?key=…',
    b: ['1', '…'],
    c: 'plain',
  })
})
