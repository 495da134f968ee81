import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { demandInWords, fittingJson } from './json-demand.ts'

const anyJson = { schema: undefined, format: {} }
const demand = (schema: Record<string, unknown>) => ({ schema, format: {} })
const trip = demand({
  type: 'object',
  properties: {
    city: { type: 'string' },
    days: { type: 'integer' },
    price: { type: ['number', 'null'] },
    hotel: { $ref: '#/$defs/hotel' },
    note: {},
  },
  required: ['city', 'days'],
  $defs: { hotel: { type: 'object' } },
})

describe('a text fits', () => {
  test.each([
    ['{"city":"Paris","days":3}', trip],
    ['{"city":"Paris","days":3,"price":null,"hotel":{},"note":[],"other":1}', trip],
    ['[]', anyJson],
    ['1', demand({ type: 'number' })],
    ['null', demand({ type: 'string', nullable: true })],
    ['{}', demand({ type: 'OBJECT' })],
    ['{"a":1}', demand({ $ref: '#/$defs/a', $defs: { a: { required: ['a'] } } })],
    ['{"constructor":1}', demand({ properties: {} })],
    ['{"a":1}', demand({ properties: { a: { type: 'unheard-of' } } })],
  ])('%s', (text, wanted) => {
    expect(fittingJson(text, wanted)).toBe(text)
  })
})

describe('a text does not fit', () => {
  test.each([
    ['', anyJson],
    ['Paris', anyJson],
    ['{"city":"Paris","days":3', trip],
    ['Here it is: {"city":"Paris","days":3}', trip],
    ['{"city":"Paris"}', trip],
    ['{"city":1,"days":3}', trip],
    ['{"city":"Paris","days":3.5}', trip],
    ['{"city":"Paris","days":3,"hotel":"no"}', trip],
    ['[{"city":"Paris","days":3}]', trip],
    ['"x"', demand({ required: ['toString'], type: 'object' })],
    ['{}', demand({ required: ['toString'] })],
    ['{"a":1}', demand({ $ref: '#/$defs/a', $defs: { a: { required: ['b'] } } })],
  ])('%s', (text, wanted) => {
    expect(fittingJson(text, wanted)).toBeUndefined()
  })
})

test('a Markdown fence around JSON is removed, and nothing else', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('json', 'JSON', ''), (json, name) => {
      expect(fittingJson(`\n\`\`\`${name}\n${json}\n\`\`\`\n`, anyJson)).toBe(json.trim())
      expect(fittingJson(json, anyJson)).toBe(json)
    }),
  )
})

test('a schema that refers to itself is read no deeper than its top', () => {
  const loop = demand({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } })
  expect(fittingJson('{}', loop)).toBe('{}')
})

test('the words hold the schema', () => {
  expect(demandInWords(trip)).toContain(JSON.stringify(trip.schema))
  expect(demandInWords(anyJson)).not.toContain('Schema')
})
