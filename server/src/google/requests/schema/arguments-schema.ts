import { isObject, listOf, stringsOf, type JsonObject } from '../../../runtime/json-value.ts'
import type { FunctionDeclaration, GeminiSchema } from '../gemini-request.ts'
import { fitJsonSchema } from './json-schema.ts'
import { compileSchema } from './schema-compiler.ts'
import { resolveReference } from './schema-reference.ts'

type Parameters = Pick<FunctionDeclaration, 'parameters' | 'parametersJsonSchema'>

/** The parameters of a function in the form that the model takes; undefined where they are no object. */
export function fitArguments(
  schema: JsonObject,
  takesJsonSchema: boolean,
): { readonly value: Parameters; readonly lost: readonly string[] } | undefined {
  if (isEmptySchema(schema)) return { value: {}, lost: [] }
  const { schema: fitted, lost } = fitJsonSchema(schema)
  if (takesJsonSchema) {
    const parametersJsonSchema = asObject(fitted)
    return parametersJsonSchema && { value: { parametersJsonSchema }, lost }
  }
  const parameters = asGeminiObject(compileSchema(schema))
  if (parameters === undefined) return undefined
  return { value: parameters.properties === undefined ? {} : { parameters }, lost }
}

/** Some models refuse an object without properties. */
function isEmptySchema(schema: JsonObject): boolean {
  const { properties } = schema
  const isEmpty =
    properties === undefined || (isObject(properties) && Object.keys(properties).length === 0)
  const hasMore = ['anyOf', 'oneOf', 'allOf', '$ref', 'additionalProperties'].some(
    (keyword) => schema[keyword] !== undefined && schema[keyword] !== false,
  )
  return isEmpty && !hasMore && (schema['type'] === undefined || schema['type'] === 'object')
}

/** Arguments must be one object: a choice of objects becomes one with all their properties. */
function asObject(schema: JsonObject, root = schema): JsonObject | undefined {
  const types = [schema['type']].flat()
  if (types.includes('object')) return types.length === 1 ? schema : { ...schema, type: 'object' }
  const isUntyped = schema['type'] === undefined
  if (isUntyped && ('properties' in schema || 'additionalProperties' in schema)) {
    return { ...schema, type: 'object' }
  }
  const { anyOf, oneOf, type: _type, ...others } = schema
  const branches = [...listOf(anyOf), ...listOf(oneOf)].flatMap((branch) => {
    const object = asObject(resolved(branch, root), root)
    return object === undefined ? [] : [object]
  })
  if (branches.length === 0 || !isUntyped) return undefined
  return { ...others, type: 'object', ...unitedProperties(branches) }
}

function resolved(branch: unknown, root: JsonObject): JsonObject {
  if (!isObject(branch)) return {}
  const { $ref } = branch
  const target = typeof $ref === 'string' && $ref !== '#' ? resolveReference(root, $ref) : branch
  return isObject(target) ? target : {}
}

function unitedProperties(branches: readonly JsonObject[]): JsonObject {
  const named = new Map<string, unknown[]>()
  for (const { properties } of branches) {
    if (!isObject(properties)) continue
    for (const [name, one] of Object.entries(properties)) {
      named.set(name, [...(named.get(name) ?? []), one])
    }
  }
  const properties = [...named].map(([name, schemas]) => [name, anyOf(schemas)])
  const lists = branches.map((branch) => new Set(stringsOf(branch['required'])))
  const required = stringsOf(branches[0]?.['required']).filter((name) =>
    lists.every((list) => list.has(name)),
  )
  return {
    ...(named.size === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...(required.length === 0 ? {} : { required }),
  }
}

function anyOf(schemas: readonly unknown[]): unknown {
  const different = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  return different.length === 1 ? different[0] : { anyOf: different }
}

function asGeminiObject(schema: GeminiSchema): GeminiSchema | undefined {
  if (schema.type === 'OBJECT') {
    const { nullable: _dropped, ...object } = schema
    return object
  }
  const branches = schema.anyOf?.filter(({ type }) => type === 'OBJECT') ?? []
  if (branches.length === 0) return undefined
  const { anyOf: _dropped, ...rest } = schema
  return { ...rest, type: 'OBJECT', ...unitedProperties(branches) }
}
