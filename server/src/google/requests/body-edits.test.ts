import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyEdits } from './body-edits.ts'
import { appendElements, setMembers } from './member-edits.ts'
import { surveyJson } from './json-survey.ts'

const name = fc.stringMatching(/^[a-z]{1,3}$/)
const object = fc.dictionary(name, fc.jsonValue({ maxDepth: 3 }))
const indent = fc.constantFrom(0, 1, 4)

test('setting members of an object is what it is for objects', () => {
  fc.assert(
    fc.property(object, object, indent, (own, added, spaces) => {
      const body = Buffer.from(JSON.stringify(own, undefined, spaces))
      const { object: range, members } = surveyJson(body)
      const pieces = applyEdits(body, setMembers({ range, members }, added))
      expect(JSON.parse(Buffer.concat(pieces).toString())).toEqual(
        JSON.parse(JSON.stringify({ ...own, ...added })),
      )
    }),
  )
})

test('appending to a list is what it is for lists', () => {
  fc.assert(
    fc.property(fc.array(object), fc.array(object), indent, (own, added, spaces) => {
      const body = Buffer.from(JSON.stringify(own, undefined, spaces))
      const range = { start: 0, end: body.length }
      const pieces = applyEdits(body, appendElements(body, range, added))
      expect(JSON.parse(Buffer.concat(pieces).toString())).toEqual(
        JSON.parse(JSON.stringify([...own, ...added])),
      )
    }),
  )
})

test('what no edit touches is not copied', () => {
  const body = Buffer.from('0123456789')
  const pieces = applyEdits(body, [
    { start: 8, end: 9, pieces: [Buffer.from('b')] },
    { start: 2, end: 2, pieces: [Buffer.from('a')] },
  ])
  expect(Buffer.concat(pieces).toString()).toBe('01a234567b9')
  const shared = pieces.filter(({ buffer }) => buffer === body.buffer && body.length > 0)
  expect(shared.map(String)).toContain('234567')
})

test('edits that overlap are a mistake of ours', () => {
  const body = Buffer.from('0123456789')
  const edits = [
    { start: 0, end: 5, pieces: [] },
    { start: 4, end: 6, pieces: [] },
  ]
  expect(() => applyEdits(body, edits)).toThrow(RangeError)
})
