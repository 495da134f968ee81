import type { GeminiSchema, GeminiType } from '../gemini-request.ts'
import { resolveReference } from './schema-reference.ts'
import { mergeSchemas } from './schema-merge.ts'
import { isObject, listOf, stringsOf, type JsonObject } from '../../../runtime/json-value.ts'

/** Google refuses schemas nested deeper than this. */
const maxDepth = 24
/** Bounds the output, which references can multiply. */
const maxNodes = 4000

/** Characters and entries that references and alternatives may copy. */
const maxCopied = 2_000_000

/** What is left of both limits. */
type Budget = { nodes: number; copied: number }

type Context = {
  readonly root: unknown
  readonly depth: number
  /** References on the path to this schema, to detect cycles. */
  readonly open: readonly string[]
  readonly budget: Budget
}

/**
 * Compiles JSON Schema to Google's subset of OpenAPI, which refuses unknown keywords. Keywords without a counterpart are dropped; a
 * format is kept in the description.
 */
export function compileSchema(schema: unknown): GeminiSchema {
  return compile(schema, {
    root: schema,
    depth: 0,
    open: [],
    budget: { nodes: maxNodes, copied: maxCopied },
  })
}

function compile(given: unknown, context: Context): GeminiSchema {
  context.budget.nodes -= 1
  if (!isObject(given)) return anything()
  const { schema, open } = flatten(given, context)
  const types = typesOf(schema)
  if (context.depth >= maxDepth || context.budget.nodes <= 0) return shallow(types)
  const inner = { ...context, depth: context.depth + 1, open }
  const alternatives = alternativesOf(schema)
  if (alternatives !== undefined) return compileAlternatives(schema, alternatives, inner)
  const nullable = types.includes('NULL') || schema['nullable'] === true
  const kinds = types.filter((type) => type !== 'NULL')
  if (kinds.length > 1) {
    const branches = kinds.map((type) => compileOne(schema, type, inner))
    return { ...textsOf(schema), anyOf: branches.map((branch) => markNullable(branch, nullable)) }
  }
  const [kind] = kinds
  if (kind === undefined) return nullable ? { ...textsOf(schema), type: 'NULL' } : anything(schema)
  return markNullable({ ...textsOf(schema), ...compileOne(schema, kind, inner) }, nullable)
}

/** Resolves the schema's reference and merges its `allOf`. */
function flatten(
  given: JsonObject,
  context: Context,
): { schema: JsonObject; open: readonly string[] } {
  let schema = given
  let { open } = context
  for (let steps = 0; steps < maxDepth; steps += 1) {
    const { $ref: reference, allOf, ...rest } = schema
    if (typeof reference === 'string') {
      const isCyclic = open.includes(reference)
      const target = isCyclic ? undefined : targetOf(reference, context)
      open = [...open, reference]
      // A cycle cannot be written out; an object is what nearly every one of them is.
      const found = isObject(target) ? target : isCyclic ? { type: 'object' } : {}
      schema = mergeSchemas([rest, found])
      if (allOf !== undefined) schema = { ...schema, allOf }
    } else if (Array.isArray(allOf)) {
      schema = mergeSchemas([rest, ...allOf.filter(isObject)])
    } else return { schema, open }
  }
  return { schema, open }
}

function targetOf(reference: string, { root, budget }: Context): unknown {
  if (isSpent(budget)) return undefined
  const target = resolveReference(root, reference)
  if (isObject(target)) budget.copied -= weightOf(target)
  return target
}

const isSpent = ({ nodes, copied }: Budget) => nodes <= 0 || copied <= 0

/** The characters and entries that a copy of a schema has, without the schemas inside it. */
function weightOf(schema: JsonObject): number {
  let weight = 0
  for (const keyword in schema) weight += keyword.length + weightOfValue(schema[keyword])
  return weight
}

function weightOfValue(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (Array.isArray(value)) {
    return listOf(value).reduce<number>(
      (sum, one) => sum + (typeof one === 'string' ? one.length : 1),
      0,
    )
  }
  return isObject(value) ? Object.keys(value).join(' ').length : 1
}

function alternativesOf(schema: JsonObject): readonly unknown[] | undefined {
  const anyOf = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])]
  return anyOf.length === 0 ? undefined : anyOf
}

/** Google allows nothing next to `anyOf`, so other keywords are merged into each alternative. */
function compileAlternatives(
  schema: JsonObject,
  alternatives: readonly unknown[],
  context: Context,
): GeminiSchema {
  const { anyOf: _any, oneOf: _one, title: _title, description: _text, ...described } = schema
  const { default: _default, ...others } = described
  const weight = weightOf(others)
  const compiled = alternatives.map((one) => {
    if (isSpent(context.budget)) return compile(one, context)
    context.budget.copied -= weight
    return compile(isObject(one) ? mergeSchemas([one, others]) : others, context)
  })
  const nullable = compiled.some(isNull) || schema['nullable'] === true
  const branches = compiled.filter((one) => !isNull(one))
  const [only, ...more] = branches
  if (only === undefined) return { ...textsOf(schema), type: 'NULL' }
  if (more.length === 0) return markNullable({ ...only, ...textsOf(schema) }, nullable)
  return {
    ...textsOf(schema),
    anyOf: branches.flatMap((one) => one.anyOf ?? [one]).map((one) => markNullable(one, nullable)),
  }
}

const isNull = (one: GeminiSchema) => one.type === 'NULL'

function markNullable(schema: GeminiSchema, nullable: boolean): GeminiSchema {
  if (!nullable || schema.type === 'NULL') return schema
  if (schema.anyOf === undefined) return { ...schema, nullable: true }
  return { ...schema, anyOf: schema.anyOf.map((one) => markNullable(one, true)) }
}

function compileOne(schema: JsonObject, type: GeminiType, context: Context): GeminiSchema {
  switch (type) {
    case 'OBJECT':
      return compileObject(schema, context)
    case 'ARRAY':
      return compileArray(schema, context)
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

function compileObject(schema: JsonObject, context: Context): GeminiSchema {
  const given = isObject(schema['properties']) ? schema['properties'] : {}
  const entries = Object.entries(given).map(([name, property]): [string, GeminiSchema] => [
    name,
    compile(property, context),
  ])
  const isDeclared = (name: string) => Object.hasOwn(given, name)
  const required = [...new Set(stringsOf(schema['required']).filter(isDeclared))]
  const ordering = stringsOf(schema['propertyOrdering']).filter(isDeclared)
  return {
    type: 'OBJECT',
    // Google refuses empty `properties`, and accepts an object without them.
    ...(entries.length === 0 ? {} : { properties: Object.fromEntries(entries) }),
    ...(required.length === 0 ? {} : { required }),
    ...(ordering.length === entries.length && ordering.length > 0
      ? { propertyOrdering: ordering }
      : {}),
    ...limitsOf(schema, ['minProperties', 'maxProperties']),
  }
}

function compileArray(schema: JsonObject, context: Context): GeminiSchema {
  const { items, prefixItems } = schema
  const tuple = [...listOf(prefixItems), ...listOf(items)]
  const single = tuple.length === 0 ? items : { anyOf: isObject(items) ? [...tuple, items] : tuple }
  return {
    type: 'ARRAY',
    items: isObject(single) ? compile(single, context) : { type: 'STRING' },
    ...limitsOf(schema, ['minItems', 'maxItems']),
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
    ...limitsOf(schema, ['minLength', 'maxLength']),
  }
}

function compileNumber(schema: JsonObject, type: 'NUMBER' | 'INTEGER'): GeminiSchema {
  const minimum = bound(schema['minimum'], schema['exclusiveMinimum'], type === 'INTEGER' ? 1 : 0)
  const maximum = bound(schema['maximum'], schema['exclusiveMaximum'], type === 'INTEGER' ? -1 : 0)
  const values = enumOf(schema)?.filter((value) => typeof value === 'number')
  return {
    type,
    // Google's enum values are strings, for numbers too.
    ...(values !== undefined && values.length > 0
      ? { format: 'enum', enum: values.map(String) }
      : {}),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  }
}

const isNumber = (value: unknown): value is number => Number.isFinite(value)

/** An exclusive bound becomes the next integer; for other numbers the bound itself is the closest. */
function bound(inclusive: unknown, exclusive: unknown, step: number): number | undefined {
  if (isNumber(exclusive)) return exclusive + step
  if (!isNumber(inclusive)) return undefined
  // Draft 4 writes `exclusiveMinimum: true`.
  return exclusive === true ? inclusive + step : inclusive
}

function enumOf(schema: JsonObject): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined
}

type Limit = 'minItems' | 'maxItems' | 'minLength' | 'maxLength' | 'minProperties' | 'maxProperties'

function limitsOf(schema: JsonObject, names: readonly Limit[]): GeminiSchema {
  const valid: GeminiSchema = {}
  for (const name of names) {
    const value = schema[name]
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) valid[name] = value
  }
  return valid
}

/** Title, description and default; a format that Google refuses is named in the description. */
function textsOf(schema: JsonObject): GeminiSchema {
  const { title, description, format, default: otherwise } = schema
  const isDropped = typeof format === 'string' && typesOf(schema).includes('STRING')
  const hint = isDropped && format !== 'date-time' && format !== 'enum' ? `Format: ${format}.` : ''
  const given = typeof description === 'string' ? description : ''
  const text = [given, hint].filter((one) => one !== '').join(' ')
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(text === '' ? {} : { description: text }),
    ...(otherwise === undefined ? {} : { default: otherwise }),
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

/** The types of a schema, derived from its other keywords when it has none. */
function typesOf(schema: JsonObject): GeminiType[] {
  const named = typeof schema['type'] === 'string' ? [schema['type']] : stringsOf(schema['type'])
  const types = named.flatMap((name) => typeNames[name.toLowerCase()] ?? [])
  const values = enumOf(schema)
  // A null among the enum values makes the schema nullable.
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

/** Google requires a type everywhere, so an unrestricted schema allows strings, numbers and booleans. */
function anything(schema: JsonObject = {}): GeminiSchema {
  return {
    ...textsOf(schema),
    anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }, { type: 'BOOLEAN' }],
  }
}

function shallow(types: readonly GeminiType[]): GeminiSchema {
  const type = types.find((one) => one !== 'NULL') ?? 'STRING'
  return type === 'ARRAY' ? { type, items: { type: 'STRING' } } : { type }
}
