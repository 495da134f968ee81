import { isObject, listOf, stringsOf, type JsonObject } from '../../runtime/json-value.ts'

/** One schema that asks for what both ask for, as far as one schema can. */
export function mergeSchemas(first: JsonObject, second: JsonObject): JsonObject {
  const merged = new Map<string, unknown>(Object.entries(first))
  for (const [keyword, value] of Object.entries(second)) {
    const before = merged.get(keyword)
    merged.set(keyword, before === undefined ? value : mergeKeyword(keyword, before, value))
  }
  return Object.fromEntries(merged)
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
      return narrower(listOf(first), listOf(second))
    case 'type':
      return narrower(namesOf(first), namesOf(second))
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

/** Properties of both; one that both know has to be what both say. */
function mergeMaps(first: unknown, second: unknown): unknown {
  if (!isObject(first)) return second
  if (!isObject(second)) return first
  const merged = new Map<string, unknown>(Object.entries(first))
  for (const [name, value] of Object.entries(second)) {
    const before = merged.get(name)
    merged.set(name, isObject(before) && isObject(value) ? mergeSchemas(before, value) : value)
  }
  return Object.fromEntries(merged)
}

const namesOf = (type: unknown): readonly unknown[] => (Array.isArray(type) ? listOf(type) : [type])

/** What is in both; where nothing is, the two contradict each other and the first stands. */
function narrower(first: readonly unknown[], second: readonly unknown[]): readonly unknown[] {
  const common = first.filter((one) => second.includes(one))
  return common.length > 0 ? common : first
}

const larger = (first: unknown, second: unknown) =>
  typeof first === 'number' && typeof second === 'number' ? Math.max(first, second) : first

const smaller = (first: unknown, second: unknown) =>
  typeof first === 'number' && typeof second === 'number' ? Math.min(first, second) : first
