import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fitJsonSchema } from './json-schema.ts'
import { compileSchema } from './schema-compiler.ts'
import { openStrictGemini } from '../../../dialects/testing/strict-gemini.ts'

describe('a compiled schema', () => {
  test('has a constant as its only enum value', () => {
    expect(compileSchema({ const: 'a' })).toEqual({ type: 'STRING', enum: ['a'] })
  })

  test('has enum values of numbers as strings', () => {
    expect(compileSchema({ enum: [1, 2] })).toEqual({
      type: 'INTEGER',
      format: 'enum',
      enum: ['1', '2'],
    })
  })

  test('has exclusive bounds as inclusive bounds', () => {
    expect(compileSchema({ type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 9 })).toEqual({
      type: 'INTEGER',
      minimum: 1,
      maximum: 8,
    })
    expect(compileSchema({ type: 'number', exclusiveMinimum: 0 })).toEqual({
      type: 'NUMBER',
      minimum: 0,
    })
    expect(compileSchema({ type: 'integer', minimum: 3, exclusiveMinimum: true })).toMatchObject({
      minimum: 4,
    })
  })

  test('is nullable when null is one of its types, values or alternatives', () => {
    const nullable = { type: 'STRING', nullable: true }
    expect(compileSchema({ type: ['string', 'null'] })).toEqual(nullable)
    expect(compileSchema({ anyOf: [{ type: 'string' }, { type: 'null' }] })).toEqual(nullable)
    expect(compileSchema({ enum: ['a', null] })).toEqual({ ...nullable, enum: ['a'] })
  })

  test('has alternatives instead of several types', () => {
    expect(compileSchema({ type: ['string', 'integer'] })).toEqual({
      anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }],
    })
  })

  test('has the keywords next to oneOf in each alternative', () => {
    const schema = {
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    }
    const properties = { a: { type: 'STRING' }, b: { type: 'STRING' } }
    expect(compileSchema(schema)).toEqual({
      anyOf: [
        { type: 'OBJECT', properties, required: ['a'] },
        { type: 'OBJECT', properties, required: ['b'] },
      ],
    })
  })

  test('has the constraints of all schemas in allOf', () => {
    const schema = {
      allOf: [
        { properties: { a: { type: 'string', minLength: 1 } }, required: ['a'] },
        { properties: { a: { minLength: 3 }, b: { type: 'boolean' } }, required: ['b'] },
      ],
    }
    expect(compileSchema(schema)).toEqual({
      type: 'OBJECT',
      properties: { a: { type: 'STRING', minLength: 3 }, b: { type: 'BOOLEAN' } },
      required: ['a', 'b'],
    })
  })

  test('has its references resolved and merged with the keywords next to them', () => {
    const schema = {
      properties: { a: { $ref: '#/$defs/Name', description: 'Whose?' } },
      $defs: { Name: { type: 'string', description: 'A name.' } },
    }
    expect(compileSchema(schema).properties).toEqual({
      a: { type: 'STRING', description: 'Whose?' },
    })
  })

  test('ends a cycle of references where it closes', () => {
    const schema = {
      type: 'object',
      properties: { child: { $ref: '#' }, name: { type: 'string' } },
    }
    expect(compileSchema(schema).properties?.['child']?.properties?.['child']).toEqual({
      type: 'OBJECT',
    })
  })

  test('stays small when its references multiply', () => {
    const names = Array.from({ length: 20 }, (_, index) => `d${index}`)
    const $defs = Object.fromEntries(
      names.map((name, index) => {
        const next = { $ref: `#/$defs/${names[index + 1] ?? 'end'}` }
        return [name, { type: 'object', properties: { a: next, b: next } }]
      }),
    )
    const size = JSON.stringify(compileSchema({ $ref: '#/$defs/d0', $defs })).length
    expect(size).toBeLessThan(1_000_000)
  })

  test('requires only declared properties', () => {
    expect(
      compileSchema({ properties: { a: { type: 'string' } }, required: ['a', 'b'] }).required,
    ).toEqual(['a'])
  })

  test('has items for every array, also for tuples', () => {
    expect(compileSchema({ type: 'array' })).toEqual({ type: 'ARRAY', items: { type: 'STRING' } })
    expect(compileSchema({ prefixItems: [{ type: 'string' }, { type: 'integer' }] })).toEqual({
      type: 'ARRAY',
      items: { anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }] },
    })
  })

  test('names a format that Google refuses in its description', () => {
    expect(compileSchema({ type: 'string', format: 'email', description: 'Where?' })).toEqual({
      type: 'STRING',
      description: 'Where? Format: email.',
    })
  })

  test('never mistakes a property for a keyword', () => {
    const names = ['not', 'if', 'const', '$ref', 'anyOf', 'type', 'enum', 'examples', '__proto__']
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
    const compiled = compileSchema({ type: 'object', properties, required: names })
    expect(Object.keys(compiled.properties ?? {})).toEqual(names)
    expect(compiled.required).toEqual(names)
  })
})

const name = fc.constantFrom('a', 'b', 'not', 'const', 'type', '$ref', 'items', 'x y', '')
const anyValue = fc.jsonValue({ maxDepth: 1 })
const type = fc.constantFrom('string', 'integer', 'number', 'boolean', 'array', 'object', 'null')
const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ noNaN: true }))
const small = fc.nat({ max: 5 })
const { schema: anySchema } = fc.letrec((tie) => {
  const inner = tie('schema')
  const map = fc.dictionary(name, inner, { maxKeys: 3 })
  const list = fc.array(inner, { maxLength: 3 })
  const keyword = (key: string, value: fc.Arbitrary<unknown>) =>
    fc.tuple(fc.constant(key), fc.oneof({ weight: 9, arbitrary: value }, anyValue))
  const keywords = fc.oneof(
    keyword('type', fc.oneof(type, fc.array(type, { maxLength: 3 }))),
    keyword('properties', map),
    keyword('required', fc.array(name, { maxLength: 4 })),
    keyword('items', fc.oneof(inner, list)),
    keyword('prefixItems', list),
    keyword('anyOf', list),
    keyword('oneOf', list),
    keyword('allOf', list),
    keyword('not', inner),
    keyword('if', inner),
    keyword('enum', fc.array(fc.oneof(fc.string(), anyValue), { maxLength: 3 })),
    keyword('const', anyValue),
    keyword('$ref', fc.constantFrom('#', '#/$defs/a', '#/properties/a', '#b', 'https://x')),
    keyword('$defs', map),
    keyword('additionalProperties', inner),
    keyword('minimum', number),
    keyword('exclusiveMinimum', fc.oneof(number, fc.boolean())),
    keyword('maximum', number),
    keyword('minLength', small),
    keyword('maxLength', small),
    keyword('minItems', small),
    keyword('format', fc.constantFrom('email', 'date-time', 'int64')),
    keyword('pattern', fc.string()),
    keyword('description', fc.string()),
    keyword('nullable', fc.boolean()),
    keyword('default', anyValue),
    keyword('propertyOrdering', fc.array(name, { maxLength: 3 })),
  )
  const object = fc.array(keywords, { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs))
  return {
    schema: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      object,
    ),
  }
})

describe('for any schema', () => {
  let gemini: Awaited<ReturnType<typeof openStrictGemini>>
  beforeAll(async () => {
    gemini = await openStrictGemini()
  })
  afterAll(() => gemini.fake.close())

  const contents = [{ role: 'user', parts: [{ text: 'hi' }] }]

  test('a strict Gemini accepts the compiled schema', async () => {
    await fc.assert(
      fc.asyncProperty(anySchema, async (schema) => {
        const responseSchema = compileSchema(schema)
        const generationConfig = { responseMimeType: 'application/json', responseSchema }
        expect(
          await gemini.send('gemini-2.5-flash', { contents, generationConfig }),
        ).toBeUndefined()
      }),
      { numRuns: 400 },
    )
  })

  test('a strict Gemini accepts the fitted JSON Schema', async () => {
    await fc.assert(
      fc.asyncProperty(anySchema, async (schema) => {
        const { schema: responseJsonSchema } = fitJsonSchema(Object(schema))
        const generationConfig = { responseMimeType: 'application/json', responseJsonSchema }
        expect(
          await gemini.send('gemini-2.5-flash', { contents, generationConfig }),
        ).toBeUndefined()
      }),
      { numRuns: 400 },
    )
  })
})
