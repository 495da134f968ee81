import { isObject, listOf, stringsOf, type JsonObject } from '../../../runtime/json-value.ts'

/** Combines the constraints of schemas, as far as one schema can express all. Equal properties become an `allOf`. */
export function mergeSchemas(schemas: readonly JsonObject[]): JsonObject {
  const [only, ...more] = schemas
  if (only !== undefined && more.length === 0) return only
  const merged = [...valuesByName(schemas)].map(([keyword, values]): [string, unknown] => [
    keyword,
    values.length === 1 ? values[0] : mergeKeyword(keyword, values),
  ])
  return Object.fromEntries(merged)
}

function valuesByName(maps: readonly JsonObject[]): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>()
  for (const map of maps) {
    for (const [name, value] of Object.entries(map)) {
      const values = found.get(name)
      if (values === undefined) found.set(name, [value])
      else values.push(value)
    }
  }
  return found
}

function mergeKeyword(keyword: string, values: readonly unknown[]): unknown {
  switch (keyword) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return mergeMaps(values.filter(isObject))
    case 'required':
      return [...new Set(values.flatMap(stringsOf))]
    case 'items':
      return allOf(values)
    case 'enum':
      return commonValues(values.map(listOf))
    case 'type':
      return single(commonValues(values.map(namesOf)))
    case 'minimum':
    case 'exclusiveMinimum':
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return outermost(values, (one, other) => one > other)
    case 'maximum':
    case 'exclusiveMaximum':
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return outermost(values, (one, other) => one < other)
    default:
      return values[0]
  }
}

function mergeMaps(maps: readonly JsonObject[]): JsonObject {
  const merged = [...valuesByName(maps)].map(([name, values]): [string, unknown] => [
    name,
    allOf(values),
  ])
  return Object.fromEntries(merged)
}

function allOf(values: readonly unknown[]): unknown {
  const schemas = values.filter(isObject)
  if (schemas.length === 0) return values[0]
  return schemas.length === 1 ? schemas[0] : { allOf: schemas }
}

const namesOf = (type: unknown): readonly unknown[] => (Array.isArray(type) ? listOf(type) : [type])

const single = (names: readonly unknown[]) => (names.length === 1 ? names[0] : names)

/** Values in all lists. A list with nothing in common with those before it does not count. */
function commonValues(lists: readonly (readonly unknown[])[]): readonly unknown[] {
  return lists.reduce((common, list) => {
    const other = new Set(list)
    const both = common.filter((one) => other.has(one))
    return both.length > 0 ? both : common
  })
}

function outermost(
  values: readonly unknown[],
  isOutside: (one: number, other: number) => boolean,
): unknown {
  const numbers = values.filter((value) => typeof value === 'number')
  if (numbers.length === 0) return values[0]
  return numbers.reduce((one, other) => (isOutside(other, one) ? other : one))
}
