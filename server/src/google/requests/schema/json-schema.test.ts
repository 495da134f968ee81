import { describe, expect, test } from 'vitest'
import { isObject, listOf } from '../../../runtime/json-value.ts'
import { readRecording } from '../../../runtime/testing/recordings.ts'
import { fitArguments } from './arguments-schema.ts'
import { fitJsonSchema } from './json-schema.ts'
import { resolveReference } from './schema-reference.ts'

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const text = { type: 'string' }

/** A property `p` after fitting, and the keywords that were lost. */
function fitted(property: unknown, more: object = {}) {
  const { schema, lost } = fitJsonSchema(object({ p: property }, more))
  return { p: Object(schema['properties'])['p'], lost }
}

describe('a fitted JSON Schema', () => {
  test.each([
    object({ a: { type: ['string', 'null'] } }, { additionalProperties: false }),
    object({ a: { $ref: '#/$defs/A' } }, { $defs: { A: text } }),
    object({ a: { type: ['string', 'number'], enum: ['x', 1] } }, { $schema: 'x' }),
    object({ a: { $ref: '#' } }),
    object({ a: { type: 'object', additionalProperties: text } }),
    object({ a: { type: 'string', pattern: '^a', default: 'a' } }),
  ])('is the same when Google takes all of it: %j', (schema) => {
    expect(fitJsonSchema(schema)).toEqual({ schema, lost: [] })
  })

  test.each([
    [{ const: 'a' }, { type: 'string', enum: ['a'] }],
    [{ const: 1 }, { type: 'number', enum: [1] }],
    [
      { type: 'integer', enum: [1, 2] },
      { type: 'integer', enum: [1, 2] },
    ],
    [{ enum: ['a', null] }, { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] }],
    [{ enum: [true, false] }, { type: 'boolean' }],
    [{ const: null }, { type: 'null' }],
    [
      { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 9 },
      { type: 'integer', minimum: 1, maximum: 8 },
    ],
    [
      { type: 'integer', minimum: 5, exclusiveMinimum: true },
      { type: 'integer', minimum: 6 },
    ],
    [{ type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [{ anyOf: [text], nullable: true }, { anyOf: [text, { type: 'null' }] }],
    [{ type: 'STRING' }, text],
    [
      { type: 'array', items: [text, { type: 'number' }] },
      { type: 'array', prefixItems: [text, { type: 'number' }] },
    ],
    [
      { allOf: [object({ a: { minLength: 1 } }), object({ a: { minLength: 3 }, b: text })] },
      object({ a: { minLength: 3 }, b: text }),
    ],
    [
      { allOf: [text], description: 'd' },
      { type: 'string', description: 'd' },
    ],
  ])('has the meaning of %j', (property, expected) => {
    expect(fitted(property)).toEqual({ p: expected, lost: [] })
  })

  test.each([
    [{ type: 'string', not: { const: 'a' } }, 'not'],
    [{ type: 'string', 'x-order': 1 }, 'x-order'],
    [{ type: 'string', if: {} }, 'if'],
    [{ type: 'string', minimum: 1, multipleOf: 2 }, 'multipleOf'],
    [{ type: 'boolean', const: true }, 'const'],
    [{ type: 'string', enum: ['', 'a'] }, 'enum'],
    [{ type: 'number', exclusiveMinimum: 0 }, 'exclusiveMinimum'],
    [{ $ref: 'https://a.example/b' }, '$ref'],
    [{ type: 'object', patternProperties: {} }, 'patternProperties'],
  ])('names the keyword that %j loses', (property, keyword) => {
    expect(fitted(property).lost).toEqual([`.properties.p.${keyword}`])
  })

  test('keeps a reference that has texts beside it', () => {
    const $defs = { A: text }
    const annotated = { description: 'd', anyOf: [{ $ref: '#/$defs/A' }] }
    expect(fitted({ $ref: '#/$defs/A', description: 'd' }, { $defs }).p).toEqual(annotated)
    expect(fitted({ allOf: [{ $ref: '#/$defs/A' }], description: 'd' }, { $defs }).p).toEqual(
      annotated,
    )
    expect(fitted({ $ref: '#/$defs/A', nullable: true }, { $defs }).p).toEqual({
      anyOf: [{ $ref: '#/$defs/A' }, { type: 'null' }],
    })
  })

  test('writes out a reference that has constraints beside it', () => {
    const $defs = { A: { type: 'string', description: 'a' } }
    expect(fitted({ $ref: '#/$defs/A', minLength: 2 }, { $defs }).p).toEqual({
      type: 'string',
      description: 'a',
      minLength: 2,
    })
  })

  test('has all its definitions in $defs', () => {
    const { schema } = fitJsonSchema(
      object(
        { a: { $ref: '#/definitions/A' }, b: { $ref: '#/properties/a' } },
        { definitions: { A: text } },
      ),
    )
    expect(schema).toEqual(
      object(
        { a: { $ref: '#/$defs/A' }, b: { $ref: '#/$defs/a' } },
        { $defs: { A: text, a: { $ref: '#/$defs/A' } } },
      ),
    )
  })

  test('requires no property that closes a cycle', () => {
    const node = object(
      { name: text, next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] } },
      { required: ['name', 'next'] },
    )
    const { schema, lost } = fitJsonSchema(
      object({ list: { $ref: '#/$defs/Node' } }, { required: ['list'], $defs: { Node: node } }),
    )
    expect(schema).toEqual(
      object(
        { list: { $ref: '#/$defs/Node' } },
        { required: ['list'], $defs: { Node: { ...node, required: ['name'] } } },
      ),
    )
    expect(lost).toEqual(['.$defs.Node.required'])
  })

  test('ends a cycle without properties with any value', () => {
    const json = { anyOf: [text, { type: 'array', items: { $ref: '#/$defs/Json' } }] }
    const { schema } = fitJsonSchema(
      object({ a: { $ref: '#/$defs/Json' } }, { $defs: { Json: json } }),
    )
    expect(schema['$defs']).toEqual({ Json: { anyOf: [text, { type: 'array', items: {} }] } })
  })

  test('never mistakes a property for a keyword', () => {
    const names = [
      'not',
      'if',
      'const',
      '$ref',
      'allOf',
      'anyOf',
      'type',
      'enum',
      'nullable',
      '$defs',
      '__proto__',
    ]
    const schema = object(Object.fromEntries(names.map((name) => [name, text])), {
      required: names,
    })
    expect(fitJsonSchema(schema)).toEqual({ schema, lost: [] })
  })

  test('stays small when its references multiply', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => {
        const next = {
          allOf: [{ $ref: `#/$defs/d${index + 1}` }, { minProperties: 1, required: ['a'] }],
        }
        return [`d${index}`, object({ a: next, b: next })]
      }),
    )
    const { schema } = fitJsonSchema({ $ref: '#/$defs/d0', $defs })
    expect(JSON.stringify(schema).length).toBeLessThan(1_000_000)
  })
})

/** The paths of all properties, maps as `*`; a reference is followed once on each path. */
function propertyPaths(root: unknown): Set<string> {
  const paths = new Set<string>()
  const walk = (schema: unknown, path: string, open: readonly string[]): void => {
    if (!isObject(schema)) return
    const { $ref, properties, additionalProperties: map } = schema
    if (typeof $ref === 'string' && !open.includes($ref)) {
      walk(resolveReference(root, $ref), path, [...open, $ref])
    }
    for (const [name, one] of Object.entries(isObject(properties) ? properties : {})) {
      paths.add(`${path}/${name}`)
      walk(one, `${path}/${name}`, open)
    }
    if (map !== undefined && map !== false) paths.add(`${path}/*`)
    walk(map, `${path}/*`, open)
    walk(schema['items'], `${path}/[]`, open)
    for (const keyword of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
      const at = keyword === 'prefixItems' ? `${path}/[]` : path
      for (const one of listOf(schema[keyword])) walk(one, at, open)
    }
  }
  walk(root, '', [])
  return paths
}

const node = object(
  { value: text, children: { type: 'array', items: { $ref: '#/definitions/Node' } } },
  { required: ['value', 'children'] },
)
const written = [
  { $ref: '#/definitions/Node', definitions: { Node: node } },
  object(
    { a: { allOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/B' }], nullable: true } },
    {
      $defs: { A: object({ x: text }), B: object({ y: { $ref: '#/$defs/A' } }) },
    },
  ),
  object({
    event: {
      oneOf: [
        object({ kind: { const: 'a' }, size: { enum: [1, 2] } }),
        object({ kind: { const: 'b' }, tags: { additionalProperties: object({ t: text }) } }),
      ],
      discriminator: { propertyName: 'kind' },
    },
  }),
  { anyOf: [object({ kind: { const: 'a' }, x: text }), object({ kind: { const: 'b' }, y: text })] },
]

function recordedSchemas(): unknown[] {
  return (readRecording('openai-chat-requests.jsonl') ?? []).flatMap(({ body }) => {
    const { tools, response_format: format } = Object(body)
    const parameters = listOf(tools).map((tool) => Object(tool).function?.parameters)
    return [...parameters, format?.json_schema?.schema]
  })
}

describe('for every schema of real clients', () => {
  const schemas = [...recordedSchemas(), ...written].filter(isObject)

  test('a fitted schema keeps all properties and maps', () => {
    for (const schema of schemas) {
      const after = propertyPaths(fitJsonSchema(schema).schema)
      expect([...propertyPaths(schema)].filter((path) => !after.has(path))).toEqual([])
    }
  })

  test('the parameters of a function keep all properties and maps', () => {
    for (const schema of schemas) {
      const parameters = fitArguments(schema, true)?.value.parametersJsonSchema
      const after = propertyPaths(parameters)
      expect([...propertyPaths(schema)].filter((path) => !after.has(path))).toEqual([])
    }
  })
})
