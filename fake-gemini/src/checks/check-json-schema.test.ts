import { describe, expect, test } from 'vitest'
import { jsonSchemaProblems } from './check-json-schema.ts'

const node = (required: readonly string[]) => ({
  $defs: { Node: { properties: { next: { $ref: '#/$defs/Node' } }, required } },
  $ref: '#/$defs/Node',
})

describe('a JSON Schema in a request', () => {
  test.each([
    { type: 'object', additionalProperties: { type: 'string' }, not: {}, 'x-any': 1 },
    { properties: { a: { enum: ['x', 1] }, b: true } },
    { properties: { a: { $ref: '#' } } },
    node([]),
  ])('is accepted: %j', (schema) => {
    expect(jsonSchemaProblems(schema, 's')).toEqual([])
  })

  test.each([
    [{ enum: ['', 'a'] }, 's: enum should list strings and numbers'],
    [{ items: { enum: [null] } }, 's.items: enum should list strings and numbers'],
    [{ anyOf: [] }, 's: anyOf should be a list of schemas'],
    [{ items: 'x' }, 's.items: should be an object or a boolean'],
    [
      { $ref: '#/definitions/A', definitions: { A: {} } },
      's: only keywords that start with `$` may be set beside $ref',
    ],
    [{ $ref: '#/$defs/A' }, 's: unknown reference #/$defs/A'],
    [{ properties: { a: { $ref: '#' } }, required: ['a'] }, /cyclic reference/],
    [node(['next']), /cyclic reference/],
  ])('is refused: %j', (schema, problem) => {
    expect(jsonSchemaProblems(schema, 's')).toEqual([
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    ])
  })
})
