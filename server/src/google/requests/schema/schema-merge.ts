import { isObject, listOf, stringsOf, type JsonObject } from '../../../runtime/json-value.ts'

/** Combines the constraints of two schemas, as far as one schema can express both. */
export function mergeSchemas(first: JsonObject, second: JsonObject): JsonObject {
  const merged = new Map<string, unknown>(Object.entries(first))
  for (const [keyword, value] of Object.entries(second)) {
    const existing = merged.get(keyword)
    merged.set(keyword, existing === undefined ? value : mergeKeyword(keyword, existing, value))
  }
  return Object.fromEntries(merged)
}

/** Merges many schemas in pairs, and the results in pairs: merging each into all before it would copy those for each. */
export function mergeAll(schemas: readonly JsonObject[]): JsonObject {
  const [first = {}, second] = schemas
  if (second === undefined) return first
  const middle = Math.ceil(schemas.length / 2)
  return mergeSchemas(mergeAll(schemas.slice(0, middle)), mergeAll(schemas.slice(middle)))
}

function mergeKeyword(keyword: string, first: unknown, second: unknown): unknown {
  switch (keyword) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return mergeMaps(first, second)
    case 'required':
      return [...new Set([...stringsOf(first), ...stringsOf(second)])]
    case 'items':
      return isObject(first) && isObject(second) ? mergeSchemas(first, second) : first
    case 'enum':
      return commonValues(listOf(first), listOf(second))
    case 'type':
      return commonValues(namesOf(first), namesOf(second))
    case 'minimum':
    case 'exclusiveMinimum':
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return larger(first, second)
    case 'maximum':
    case 'exclusiveMaximum':
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return smaller(first, second)
    default:
      return first
  }
}

/** Properties of both maps; those with the same name are merged. */
function mergeMaps(first: unknown, second: unknown): unknown {
  if (!isObject(first)) return second
  if (!isObject(second)) return first
  const merged = new Map<string, unknown>(Object.entries(first))
  for (const [name, value] of Object.entries(second)) {
    const existing = merged.get(name)
    merged.set(name, isObject(existing) && isObject(value) ? mergeSchemas(existing, value) : value)
  }
  return Object.fromEntries(merged)
}

const namesOf = (type: unknown): readonly unknown[] => (Array.isArray(type) ? listOf(type) : [type])

/** Values in both lists; the first list when they have none in common. */
function commonValues(first: readonly unknown[], second: readonly unknown[]): readonly unknown[] {
  const others = new Set(second)
  const common = first.filter((one) => others.has(one))
  return common.length > 0 ? common : first
}

const larger = (first: unknown, second: unknown) =>
  typeof first === 'number' && typeof second === 'number' ? Math.max(first, second) : first

const smaller = (first: unknown, second: unknown) =>
  typeof first === 'number' && typeof second === 'number' ? Math.min(first, second) : first
