import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { indexBody } from './body-index.ts'
import { appendElements, applyEdits, setMembers } from './edits.ts'

const name = fc.stringMatching(/^[a-z]{1,3}$/)
const object = fc.dictionary(name, fc.jsonValue({ maxDepth: 3 }))
const indent = fc.constantFrom(0, 1, 4)

test('setMembers edits bytes as a spread merges objects', () => {
  fc.assert(
    fc.property(object, object, indent, (existing, added, spaces) => {
      const body = Buffer.from(JSON.stringify(existing, undefined, spaces))
      const { object: range, members } = indexBody(body)
      const pieces = applyEdits(body, setMembers(range, members, added))
      expect(JSON.parse(Buffer.concat(pieces).toString())).toEqual(
        JSON.parse(JSON.stringify({ ...existing, ...added })),
      )
    }),
  )
})

test('appendElements edits bytes as a spread joins lists', () => {
  fc.assert(
    fc.property(fc.array(object), fc.array(object), indent, (existing, added, spaces) => {
      const body = Buffer.from(JSON.stringify(existing, undefined, spaces))
      const range = { start: 0, end: body.length }
      const pieces = applyEdits(body, appendElements(body, range, added))
      expect(JSON.parse(Buffer.concat(pieces).toString())).toEqual(
        JSON.parse(JSON.stringify([...existing, ...added])),
      )
    }),
  )
})

test('unchanged bytes are not copied', () => {
  const body = Buffer.from('0123456789')
  const pieces = applyEdits(body, [
    { start: 8, end: 9, pieces: [Buffer.from('b')] },
    { start: 2, end: 2, pieces: [Buffer.from('a')] },
  ])
  expect(Buffer.concat(pieces).toString()).toBe('01a234567b9')
  const shared = pieces.filter(({ buffer }) => buffer === body.buffer && body.length > 0)
  expect(shared.map(String)).toContain('234567')
})

test('overlapping edits throw', () => {
  const body = Buffer.from('0123456789')
  const edits = [
    { start: 0, end: 5, pieces: [] },
    { start: 4, end: 6, pieces: [] },
  ]
  expect(() => applyEdits(body, edits)).toThrow(RangeError)
})
