import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStrictGemini } from '../../../dialects/testing/strict-gemini.ts'
import { applyEdits } from '../json/edits.ts'
import { toolSchemaEdits } from './tool-schemas.ts'

function clean(tools: unknown, model = 'gemma-3-27b-it'): { text: string; isSame: boolean } {
  const body = Buffer.from(JSON.stringify(tools))
  const edits = toolSchemaEdits(body, { start: 0, end: body.length }, model)
  return { text: Buffer.concat(applyEdits(body, edits)).toString(), isSame: edits.length === 0 }
}

const declaring = (parameters: unknown, more: object = {}) => [
  { functionDeclarations: [{ name: 'f', parameters, ...more }] },
]
const parametersOf = (text: string) => JSON.parse(text)[0].functionDeclarations[0].parameters
const acceptedByGoogle = {
  type: 'OBJECT',
  properties: {
    a: { type: 'STRING', enum: ['x'], default: 'x', example: 'x' },
    $ref: { type: 'string' },
    const: { anyOf: [{ type: 'NUMBER', minimum: 1 }, { type: 'NULL' }] },
    examples: { type: 'ARRAY', items: { type: 'STRING' }, min_items: 1 },
  },
  propertyOrdering: ['a', '$ref', 'const', 'examples'],
}

describe('a function declared by a native client', () => {
  test('is unchanged when Google accepts it, even with properties named like keywords', () => {
    expect(clean(declaring(acceptedByGoogle)).isSame).toBe(true)
    expect(clean([{ googleSearch: {} }]).isSame).toBe(true)
    expect(clean(null).isSame).toBe(true)
  })

  test('is unchanged when it is nested without end', () => {
    const nested = '{"type":"ARRAY","items":'.repeat(20_000) + '{}' + '}'.repeat(20_000)
    const body = Buffer.from(`[{"functionDeclarations":[{"name":"f","parameters":${nested}}]}]`)
    const range = { start: 0, end: body.length }
    expect(toolSchemaEdits(body, range, 'gemini-3.8-flash')).toEqual([])
  })

  test('is unchanged in parametersJsonSchema', () => {
    const parametersJsonSchema = { type: 'object', additionalProperties: false, $schema: 'x' }
    const tools = [{ functionDeclarations: [{ name: 'f', parametersJsonSchema }] }]
    expect(clean(tools).isSame).toBe(true)
  })

  test('is compiled to Google’s subset when Google refuses its keywords', () => {
    const parameters = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      additionalProperties: false,
      properties: {
        const: { const: 'one' },
        count: { type: 'integer', exclusiveMinimum: 0 },
        place: { $ref: '#/$defs/place' },
        note: { type: ['string', 'null'] },
      },
      required: ['const'],
      $defs: { place: { type: 'string', examples: ['Rome'] } },
    }
    expect(parametersOf(clean(declaring(parameters)).text)).toEqual({
      type: 'OBJECT',
      properties: {
        const: { type: 'STRING', enum: ['one'] },
        count: { type: 'INTEGER', minimum: 1 },
        place: { type: 'STRING' },
        note: { type: 'STRING', nullable: true },
      },
      required: ['const'],
    })
  })

  test('stays unchanged next to a compiled one, in camelCase and snake_case', () => {
    const refused = { type: 'object', $schema: 'x', properties: { a: { type: 'string' } } }
    const tools = {
      function_declarations: [
        { name: 'f', parameters: refused, description: 'd' },
        { name: 'g', parameters: acceptedByGoogle },
      ],
    }
    expect(JSON.parse(clean(tools).text)).toEqual({
      function_declarations: [
        {
          name: 'f',
          parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } },
          description: 'd',
        },
        { name: 'g', parameters: acceptedByGoogle },
      ],
    })
  })
})

describe('a function with JSON Schema in parameters', () => {
  test('has it in the field for JSON Schema where the model takes it', () => {
    const parameters = {
      type: 'OBJECT',
      properties: {
        map: { type: 'object', additionalProperties: { type: 'number' } },
        child: { $ref: '#' },
        list: { type: 'ARRAY', items: { any_of: [{ type: 'STRING' }] }, min_items: 1 },
      },
    }
    const { text } = clean(declaring(parameters), 'gemini-3.8-flash')
    expect(JSON.parse(text)[0].functionDeclarations[0]).toEqual({
      name: 'f',
      parametersJsonSchema: {
        type: 'object',
        properties: {
          map: { type: 'object', additionalProperties: { type: 'number' } },
          child: { $ref: '#' },
          list: { type: 'array', items: { anyOf: [{ type: 'string' }] }, minItems: 1 },
        },
      },
    })
  })
})

describe('a strict Gemini', () => {
  let gemini: Awaited<ReturnType<typeof openStrictGemini>>
  beforeAll(async () => {
    gemini = await openStrictGemini()
  })
  afterAll(() => gemini.fake.close())

  const send = (tools: unknown) =>
    gemini.send('gemini-3.8-flash', {
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      tools,
    })

  test('accepts every compiled keyword of JSON Schema that it refused', async () => {
    const keywords: [string, unknown][] = [
      ['$schema', 'x'],
      ['additionalProperties', false],
      ['oneOf', [{ type: 'string' }]],
      ['allOf', [{ description: 'd' }]],
      ['not', {}],
      ['const', 'a'],
      ['exclusiveMinimum', 0],
      ['multipleOf', 2],
      ['uniqueItems', true],
      ['patternProperties', {}],
      ['examples', ['a']],
      ['readOnly', true],
      ['contentEncoding', 'base64'],
      ['$comment', 'c'],
      ['deprecated', true],
    ]
    for (const [keyword, value] of keywords) {
      const property = { type: 'string', [keyword]: value }
      const tools = declaring({ type: 'object', properties: { p: property } })
      expect(await send(tools), keyword).toContain('Unknown name')
      expect(await send(JSON.parse(clean(tools).text)), keyword).toBeUndefined()
    }
  })

  test.each([
    ['a number in an enum', { type: 'INTEGER', enum: [1, 2] }],
    ['an enum of booleans', { type: 'BOOLEAN', enum: ['true'] }],
    ['an empty text in an enum', { type: 'STRING', enum: ['', 'a'] }],
    ['an array without items', { type: 'ARRAY' }],
    [
      'an undeclared name in required',
      { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['b'] },
    ],
    ['a keyword beside anyOf', { type: 'STRING', anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] }],
    ['properties of a string', { type: 'STRING', properties: { a: { type: 'STRING' } } }],
    ['an unknown format', { type: 'STRING', format: 'uuid' }],
  ])('accepts the repaired schema with %s', async (_what, property) => {
    const tools = declaring({ type: 'OBJECT', properties: { p: property } })
    const send = (declared: unknown) =>
      gemini.send('gemini-2.5-flash', {
        contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
        tools: declared,
      })
    expect(await send(tools)).toContain('400')
    const repaired = clean(tools, 'gemini-2.5-flash').text
    expect(await send(JSON.parse(repaired))).toBeUndefined()
    expect(Object.keys(parametersOf(repaired).properties)).toEqual(['p'])
  })

  test('still accepts every schema that it accepted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.constantFrom('const', '$ref', 'a', 'type', 'enum'),
          fc.constantFrom('STRING', 'NUMBER', 'BOOLEAN'),
          { minKeys: 1 },
        ),
        async (types) => {
          const properties = Object.fromEntries(
            Object.entries(types).map(([name, type]) => [name, { type }]),
          )
          const tools = declaring({ type: 'OBJECT', properties })
          expect(clean(tools).isSame).toBe(true)
          expect(await send(tools)).toBeUndefined()
        },
      ),
      { numRuns: 30 },
    )
  })
})
