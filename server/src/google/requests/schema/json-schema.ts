import { isObject, listOf, stringsOf, type JsonObject } from '../../../runtime/json-value.ts'
import { breakCycles } from './schema-cycles.ts'
import { mergeSchemas } from './schema-merge.ts'
import { createDefinitions, type Definitions } from './schema-definitions.ts'
import { resolveReference } from './schema-reference.ts'
import { fitBounds, fitValues } from './schema-values.ts'

/** A schema for Google, and the paths of the keywords that it cannot express. */
export type FittedSchema = { readonly schema: JsonObject; readonly lost: readonly string[] }

/** Keywords that `parametersJsonSchema` and `responseJsonSchema` enforce, or ignore without harm. */
const kept = new Set(
  (
    '$id $anchor enum format title description minItems maxItems minimum maximum propertyOrdering ' +
    '$schema $comment default example examples deprecated readOnly writeOnly pattern minLength maxLength uniqueItems ' +
    'contentEncoding contentMediaType strict'
  ).split(' '),
)

const annotations = new Set(
  '$id $anchor $schema $comment title description default example examples deprecated readOnly writeOnly'.split(
    ' ',
  ),
)

const maxDepth = 28
/** Bounds the output, which written-out references can multiply. */
const maxWrittenOut = 4000
const maxParts = 1000
const maxLost = 50

type Draft = {
  readonly root: unknown
  readonly definitions: Definitions
  readonly lost: Set<string>
  writtenOut: number
}

type Place = {
  readonly draft: Draft
  readonly path: string
  readonly depth: number
  /** References that are written out around this schema. */
  readonly open: readonly string[]
}

/**
 * Rewrites a JSON Schema for Google's JSON-schema fields. Properties, maps and references stay; a keyword without a counterpart is
 * dropped alone.
 */
export function fitJsonSchema(root: JsonObject): FittedSchema {
  const definitions = createDefinitions(root)
  const draft: Draft = { root, definitions, lost: new Set(), writtenOut: 0 }
  const fitted = new Map<string, unknown>()
  const place: Place = { draft, path: '', depth: 0, open: [] }
  fitted.set('#', fit(root, place))
  for (let next = definitions.next(); next !== undefined; next = definitions.next()) {
    fitted.set(
      next.reference,
      fit(next.schema, { ...place, path: `.$defs.${next.name}`, depth: 1 }),
    )
  }
  const { schemas, relaxed } = breakCycles(fitted)
  for (const path of relaxed) addLost(draft, path)
  const schema = schemas.get('#')
  const $defs = definitions.collect(schemas)
  const whole = isObject(schema) ? schema : {}
  return { schema: $defs === undefined ? whole : { ...whole, $defs }, lost: [...draft.lost] }
}

const lose = ({ draft, path }: Place, keyword: string) => addLost(draft, `${path}.${keyword}`)

function addLost({ lost }: Draft, path: string): void {
  if (lost.size < maxLost) lost.add(path)
}

function fit(given: unknown, place: Place): JsonObject | boolean {
  if (typeof given === 'boolean') return given
  if (!isObject(given) || place.depth > maxDepth) {
    lose(place, '*')
    return {}
  }
  if (place.open.length > 0) place.draft.writtenOut += 1
  const flat = flatten(given, place)
  const values = fitValues(flat.schema)
  const bounds = fitBounds(values.schema)
  for (const keyword of [...values.lost, ...bounds.lost]) lose(place, keyword)
  const { nullable, ...schema } = bounds.schema
  const fitted = fitFlat(schema, { ...flat.place, depth: place.depth + 1 })
  if (nullable !== true) return fitted
  if (place.depth > 0) return orNull(fitted)
  lose(place, 'nullable')
  return fitted
}

function orNull(schema: JsonObject): JsonObject {
  const { type, enum: values, anyOf, ...others } = schema
  const missing = { type: 'null' }
  if (typeof type === 'string' && values === undefined && anyOf === undefined) {
    return type === 'null' ? schema : { ...schema, type: [type, 'null'] }
  }
  if (Array.isArray(type) && type.includes('null') && values === undefined) return schema
  const isOnlyAnyOf = type === undefined && values === undefined && Array.isArray(anyOf)
  if (isOnlyAnyOf) return { ...others, anyOf: [...listOf(anyOf), missing] }
  return { anyOf: [schema, missing] }
}

/** Resolves references that have other keywords beside them and merges `allOf`. Other references stay. */
function flatten(given: JsonObject, place: Place): { schema: JsonObject; place: Place } {
  if (!('$ref' in given) && !('allOf' in given)) return { schema: given, place }
  const { $ref, allOf, ...rest } = given
  const parts = [...(typeof $ref === 'string' ? [{ $ref }] : []), ...listOf(allOf).filter(isObject)]
  const [only] = parts
  if (only === undefined) return { schema: rest, place }
  const isAnnotated = Object.keys(rest).every((keyword) => isAnnotation(keyword))
  if (parts.length === 1 && isAnnotated && isBareReference(only) && place.depth > 0) {
    const hasTexts = Object.keys(rest).some((keyword) => isText(keyword))
    return { schema: hasTexts ? { ...rest, anyOf: [only] } : only, place }
  }
  return writeOut([rest, ...parts], place)
}

const isBareReference = (schema: JsonObject) =>
  typeof schema['$ref'] === 'string' && Object.keys(schema).length === 1
const isDefinitions = (keyword: string) => keyword === '$defs' || keyword === 'definitions'
const isAnnotation = (keyword: string) =>
  annotations.has(keyword) || isDefinitions(keyword) || keyword === 'nullable'
const isText = (keyword: string) => !keyword.startsWith('$') && !isDefinitions(keyword)

/** Merges schemas with the targets of their references. A reference that contains itself stays, without the keywords beside it. */
function writeOut(
  given: readonly JsonObject[],
  place: Place,
): { schema: JsonObject; place: Place } {
  const merged: JsonObject[] = []
  const open = new Set(place.open)
  const left = given.toReversed()
  for (let steps = 0; steps < maxParts; steps += 1) {
    const part = left.pop()
    if (part === undefined) break
    const { $ref: reference, allOf, ...rest } = part
    merged.push(rest)
    left.push(...listOf(allOf).filter(isObject).toReversed())
    if (typeof reference !== 'string') continue
    const target = resolveReference(place.draft.root, reference)
    const isSpent = place.draft.writtenOut > maxWrittenOut
    if (place.open.includes(reference) || (isSpent && isObject(target))) {
      lose(place, '$ref')
      return { schema: { $ref: reference }, place }
    }
    if (open.has(reference)) continue
    open.add(reference)
    if (isObject(target)) left.push(target)
    else lose(place, '$ref')
  }
  if (left.length > 0) lose(place, 'allOf')
  return { schema: mergeSchemas(merged), place: { ...place, open: [...open] } }
}

function fitFlat(schema: JsonObject, place: Place): JsonObject {
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    const fitted = place.draft.definitions.refer(reference)
    if (fitted !== undefined) return { $ref: fitted }
    lose(place, '$ref')
    return {}
  }
  const fitted: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined || isDefinitions(keyword)) continue
    Object.assign(fitted, fitKeyword(keyword, value, place))
  }
  return fitted
}

function fitKeyword(keyword: string, value: unknown, place: Place): JsonObject {
  const at = (step: string | number): Place => ({
    ...place,
    path: `${place.path}.${keyword}.${step}`,
  })
  const fitAll = (list: readonly unknown[]) => list.map((one, index) => fit(one, at(index)))
  switch (keyword) {
    case 'type':
      return fitType(value, place)
    case 'properties': {
      if (!isObject(value)) break
      const entries = Object.entries(value).map(([name, one]) => [name, fit(one, at(name))])
      return { properties: Object.fromEntries(entries) }
    }
    case 'items':
      if (Array.isArray(value))
        return value.length > 0 ? { prefixItems: fitAll(listOf(value)) } : {}
      return { items: fit(value, { ...place, path: `${place.path}.items` }) }
    case 'additionalProperties':
      return { [keyword]: fit(value, { ...place, path: `${place.path}.${keyword}` }) }
    case 'anyOf':
    case 'oneOf':
    case 'prefixItems':
      if (listOf(value).length === 0) break
      return { [keyword]: fitAll(listOf(value)) }
    case 'required':
      return { required: [...new Set(stringsOf(value))] }
    default:
      if (kept.has(keyword)) return { [keyword]: value }
  }
  lose(place, keyword)
  return {}
}

const types = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'])

function fitType(value: unknown, place: Place): JsonObject {
  const names = (typeof value === 'string' ? [value] : stringsOf(value)).map((name) =>
    name.toLowerCase(),
  )
  const known = names.filter((name) => types.has(name))
  if (known.length < names.length || names.length === 0) lose(place, 'type')
  if (known.length === 0) return {}
  return { type: typeof value === 'string' ? known[0] : known }
}
