import { isObject, listOf, type JsonObject } from '../../../runtime/json-value.ts'
import { camelCase, snakeCase } from '../json/member-name.ts'

/** Why Google refuses a schema in its own form: it is JSON Schema, or a value is wrong. */
export type Refusal = 'keywords' | 'values'

const schemaMembers =
  'type format title description nullable enum items properties required propertyOrdering anyOf default example pattern minimum maximum minItems maxItems minProperties maxProperties minLength maxLength'.split(
    ' ',
  )

/** Deeper schemas are left for Google to refuse. */
const maxDepth = 64

/** Members of Google's Schema, in camelCase and snake_case; Google refuses any other. */
const accepted = new Set(schemaMembers.flatMap((name) => [name, snakeCase(name)]))

/** Why Google refuses a schema, or undefined where it does not. Property names are not keywords. */
export function refusalOf(schema: unknown, depth = 0): Refusal | undefined {
  if (depth > maxDepth) return undefined
  // Booleans are valid in JSON Schema only.
  if (!isObject(schema)) return schema === null || schema === undefined ? undefined : 'keywords'
  if (Array.isArray(schema['type']) || Object.keys(schema).some((name) => !accepted.has(name))) {
    return 'keywords'
  }
  let refusal: Refusal | undefined = hasWrongValues(schema) ? 'values' : undefined
  for (const inner of innerSchemas(schema)) {
    const one = refusalOf(inner, depth + 1)
    if (one === 'keywords') return one
    refusal ??= one
  }
  return refusal
}

function innerSchemas(schema: JsonObject): unknown[] {
  const { properties, items } = schema
  return [...(isObject(properties) ? Object.values(properties) : []), items, ...anyOf(schema)]
}

const anyOf = (schema: JsonObject) => [...listOf(schema['anyOf']), ...listOf(schema['any_of'])]

/** Members that Google takes beside `anyOf`. */
const besideAnyOf = new Set(['anyOf', 'any_of', 'nullable', 'title', 'description', 'default'])

const takenFormats: readonly unknown[] = ['enum', 'date-time']

function hasWrongValues(schema: JsonObject): boolean {
  const type = typeof schema['type'] === 'string' ? schema['type'].toUpperCase() : undefined
  const { enum: values, items, properties, required, format } = schema
  if (anyOf(schema).length > 0 && Object.keys(schema).some((name) => !besideAnyOf.has(name)))
    return true
  if (listOf(values).some((value) => typeof value !== 'string' || value === '')) return true
  if (type === 'BOOLEAN' && isPresent(values)) return true
  if (type === 'STRING' && isPresent(format) && !takenFormats.includes(format)) return true
  if (type === 'ARRAY' && !isPresent(items)) return true
  if (type !== undefined && type !== 'ARRAY' && isPresent(items)) return true
  if (type !== undefined && type !== 'OBJECT' && isPresent(properties)) return true
  return namesUndeclared(required, properties)
}

const isPresent = (value: unknown) => value !== undefined && value !== null

function namesUndeclared(required: unknown, properties: unknown): boolean {
  const declared = isObject(properties) ? properties : {}
  return listOf(required).some((name) => typeof name !== 'string' || !Object.hasOwn(declared, name))
}

/** A schema with its keywords in camelCase. Property names and values stay. */
export function withCamelKeywords(schema: unknown, depth = 0): unknown {
  if (depth > maxDepth) return schema
  if (Array.isArray(schema)) return listOf(schema).map((one) => withCamelKeywords(one, depth + 1))
  if (!isObject(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([given, value]) => {
      const keyword = accepted.has(given) ? camelCase(given) : given
      return [keyword, withCamelValue(keyword, value, depth + 1)]
    }),
  )
}

const maps = new Set(['properties', '$defs', 'definitions'])
const schemas = new Set(['items', 'additionalProperties', 'anyOf', 'oneOf', 'allOf', 'prefixItems'])

function withCamelValue(keyword: string, value: unknown, depth: number): unknown {
  if (schemas.has(keyword)) return withCamelKeywords(value, depth)
  if (!maps.has(keyword) || !isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, withCamelKeywords(one, depth)]),
  )
}
