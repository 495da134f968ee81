import type { GeminiSchema, GeminiType } from './gemini-request.ts'
import { resolveReference } from './schema-reference.ts'
import { mergeSchemas } from './schema-merge.ts'
import { isObject, listOf, stringsOf, type JsonObject } from '../../runtime/json-value.ts'

/** Google refuses schemas nested deeper than this. */
const deepest = 24
/** References can multiply: what is written out is bounded. */
const mostNodes = 4000

type Place = {
  readonly root: unknown
  readonly depth: number
  /** The references being written out: one that is met again is cyclic. */
  readonly open: readonly string[]
  readonly budget: { left: number }
}

/**
 * JSON Schema as Google's subset of OpenAPI, which refuses every keyword it does not know. What has a counterpart is
 * converted; what has none is dropped, or said in the description. Property names are never taken for keywords.
 */
export function compileSchema(schema: unknown): GeminiSchema {
  return compile(schema, { root: schema, depth: 0, open: [], budget: { left: mostNodes } })
}

function compile(given: unknown, place: Place): GeminiSchema {
  place.budget.left -= 1
  if (!isObject(given)) return anything()
  const { schema, open } = flatten(given, place)
  const types = typesOf(schema)
  if (place.depth >= deepest || place.budget.left <= 0) return shallow(types)
  const inner = { ...place, depth: place.depth + 1, open }
  const alternatives = alternativesOf(schema)
  if (alternatives !== undefined) return compileAlternatives(schema, alternatives, inner)
  const nullable = types.includes('NULL') || schema['nullable'] === true
  const kinds = types.filter((type) => type !== 'NULL')
  if (kinds.length > 1) {
    const branches = kinds.map((type) => compileOne(schema, type, inner))
    return { ...words(schema), anyOf: branches.map((branch) => markNullable(branch, nullable)) }
  }
  const [kind] = kinds
  if (kind === undefined) return nullable ? { ...words(schema), type: 'NULL' } : anything(schema)
  return markNullable({ ...words(schema), ...compileOne(schema, kind, inner) }, nullable)
}

/** The schema with its reference and its `allOf` written into it. */
function flatten(given: JsonObject, place: Place): { schema: JsonObject; open: readonly string[] } {
  let schema = given
  let { open } = place
  for (let steps = 0; steps < deepest; steps += 1) {
    const { $ref: reference, allOf, ...rest } = schema
    if (typeof reference === 'string') {
      const isCyclic = open.includes(reference)
      const target = isCyclic ? undefined : resolveReference(place.root, reference)
      open = [...open, reference]
      // A cycle cannot be written out; an object is what nearly every one of them is.
      schema = mergeSchemas(rest, isObject(target) ? target : isCyclic ? { type: 'object' } : {})
      if (allOf !== undefined) schema = { ...schema, allOf }
    } else if (Array.isArray(allOf)) {
      schema = allOf.filter(isObject).reduce(mergeSchemas, rest)
    } else return { schema, open }
  }
  return { schema, open }
}

function alternativesOf(schema: JsonObject): readonly unknown[] | undefined {
  const anyOf = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])]
  return anyOf.length === 0 ? undefined : anyOf
}

/** Google wants `anyOf` alone, so what stands beside it goes into each alternative. */
function compileAlternatives(
  schema: JsonObject,
  alternatives: readonly unknown[],
  place: Place,
): GeminiSchema {
  const { anyOf: _any, oneOf: _one, title: _title, description: _words, ...beside } = schema
  const compiled = alternatives.map((one) =>
    compile(isObject(one) ? mergeSchemas({ ...one }, beside) : beside, place),
  )
  const nullable = compiled.some(isNull) || schema['nullable'] === true
  const branches = compiled.filter((one) => !isNull(one))
  const [only, ...others] = branches
  if (only === undefined) return { ...words(schema), type: 'NULL' }
  if (others.length === 0) return markNullable({ ...only, ...words(schema) }, nullable)
  return {
    ...words(schema),
    anyOf: branches.flatMap((one) => one.anyOf ?? [one]).map((one) => markNullable(one, nullable)),
  }
}

const isNull = (one: GeminiSchema) => one.type === 'NULL'

function markNullable(schema: GeminiSchema, nullable: boolean): GeminiSchema {
  if (!nullable || schema.type === 'NULL') return schema
  if (schema.anyOf === undefined) return { ...schema, nullable: true }
  return { ...schema, anyOf: schema.anyOf.map((one) => markNullable(one, true)) }
}

function compileOne(schema: JsonObject, type: GeminiType, place: Place): GeminiSchema {
  switch (type) {
    case 'OBJECT':
      return compileObject(schema, place)
    case 'ARRAY':
      return compileArray(schema, place)
    case 'STRING':
      return compileString(schema)
    case 'NUMBER':
    case 'INTEGER':
      return compileNumber(schema, type)
    case 'BOOLEAN':
    case 'NULL':
      return { type }
  }
}

function compileObject(schema: JsonObject, place: Place): GeminiSchema {
  const given = isObject(schema['properties']) ? schema['properties'] : {}
  const entries = Object.entries(given).map(([name, property]): [string, GeminiSchema] => [
    name,
    compile(property, place),
  ])
  const isDeclared = (name: string) => Object.hasOwn(given, name)
  const required = [...new Set(stringsOf(schema['required']).filter(isDeclared))]
  const ordering = stringsOf(schema['propertyOrdering']).filter(isDeclared)
  return {
    type: 'OBJECT',
    // An object without properties is refused when it says so, and taken when it says nothing.
    ...(entries.length === 0 ? {} : { properties: Object.fromEntries(entries) }),
    ...(required.length === 0 ? {} : { required }),
    ...(ordering.length === entries.length && ordering.length > 0
      ? { propertyOrdering: ordering }
      : {}),
    ...counts(schema, ['minProperties', 'maxProperties']),
  }
}

function compileArray(schema: JsonObject, place: Place): GeminiSchema {
  const { items, prefixItems } = schema
  const tuple = [...listOf(prefixItems), ...listOf(items)]
  const single = tuple.length === 0 ? items : { anyOf: isObject(items) ? [...tuple, items] : tuple }
  return {
    type: 'ARRAY',
    items: isObject(single) ? compile(single, place) : { type: 'STRING' },
    ...counts(schema, ['minItems', 'maxItems']),
  }
}

function compileString(schema: JsonObject): GeminiSchema {
  const { pattern, format } = schema
  const values = enumOf(schema)?.filter((value) => typeof value === 'string' && value !== '')
  return {
    type: 'STRING',
    ...(values !== undefined && values.length > 0 ? { enum: stringsOf(values) } : {}),
    ...(format === 'date-time' ? { format } : {}),
    ...(typeof pattern === 'string' ? { pattern } : {}),
    ...counts(schema, ['minLength', 'maxLength']),
  }
}

function compileNumber(schema: JsonObject, type: 'NUMBER' | 'INTEGER'): GeminiSchema {
  const minimum = bound(schema['minimum'], schema['exclusiveMinimum'], type === 'INTEGER' ? 1 : 0)
  const maximum = bound(schema['maximum'], schema['exclusiveMaximum'], type === 'INTEGER' ? -1 : 0)
  const values = enumOf(schema)?.filter((value) => typeof value === 'number')
  return {
    type,
    // Google's values are texts, for numbers too.
    ...(values !== undefined && values.length > 0
      ? { format: 'enum', enum: values.map(String) }
      : {}),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  }
}

const isNumber = (value: unknown): value is number => Number.isFinite(value)

/** An exclusive bound is the next whole number; for fractions there is no next, and the bound itself is nearest. */
function bound(inclusive: unknown, exclusive: unknown, step: number): number | undefined {
  if (isNumber(exclusive)) return exclusive + step
  if (!isNumber(inclusive)) return undefined
  // The older drafts say `exclusiveMinimum: true`.
  return exclusive === true ? inclusive + step : inclusive
}

function enumOf(schema: JsonObject): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined
}

type Count = 'minItems' | 'maxItems' | 'minLength' | 'maxLength' | 'minProperties' | 'maxProperties'

function counts(schema: JsonObject, names: readonly Count[]): GeminiSchema {
  const taken: GeminiSchema = {}
  for (const name of names) {
    const value = schema[name]
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) taken[name] = value
  }
  return taken
}

/** Title and description; a format that Google does not take is said in words. */
function words(schema: JsonObject): GeminiSchema {
  const { title, description, format } = schema
  const isLost = typeof format === 'string' && typesOf(schema).includes('STRING')
  const hint = isLost && format !== 'date-time' ? `Format: ${format}.` : ''
  const said = typeof description === 'string' ? description : ''
  const text = [said, hint].filter((one) => one !== '').join(' ')
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(text === '' ? {} : { description: text }),
  }
}

const typeNames: Readonly<Record<string, GeminiType>> = {
  string: 'STRING',
  number: 'NUMBER',
  integer: 'INTEGER',
  boolean: 'BOOLEAN',
  array: 'ARRAY',
  object: 'OBJECT',
  null: 'NULL',
}

/** The types a schema names, or those that its other keywords speak of. */
function typesOf(schema: JsonObject): GeminiType[] {
  const named = typeof schema['type'] === 'string' ? [schema['type']] : stringsOf(schema['type'])
  const types = named.flatMap((name) => typeNames[name.toLowerCase()] ?? [])
  const values = enumOf(schema)
  // A value that is null makes the rest of an enumeration nullable.
  if (types.length > 0) return unique(values?.includes(null) ? [...types, 'NULL'] : types)
  if (values !== undefined) return unique(values.map(typeOfValue))
  if ('properties' in schema || 'additionalProperties' in schema) return ['OBJECT']
  if ('items' in schema || 'prefixItems' in schema) return ['ARRAY']
  if ('pattern' in schema || 'minLength' in schema || 'maxLength' in schema) return ['STRING']
  return 'minimum' in schema || 'maximum' in schema ? ['NUMBER'] : []
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]

function typeOfValue(value: unknown): GeminiType {
  if (value === null) return 'NULL'
  if (Array.isArray(value)) return 'ARRAY'
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'INTEGER' : 'NUMBER'
    case 'boolean':
      return 'BOOLEAN'
    case 'object':
      return 'OBJECT'
    default:
      return 'STRING'
  }
}

/** Google wants a type everywhere, so a schema that allows everything allows the plain values. */
function anything(schema: JsonObject = {}): GeminiSchema {
  return { ...words(schema), anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }, { type: 'BOOLEAN' }] }
}

function shallow(types: readonly GeminiType[]): GeminiSchema {
  const type = types.find((one) => one !== 'NULL') ?? 'STRING'
  return type === 'ARRAY' ? { type, items: { type: 'STRING' } } : { type }
}
