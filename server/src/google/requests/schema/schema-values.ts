import { listOf, type JsonObject } from '../../../runtime/json-value.ts'

type Fitted = { readonly schema: JsonObject; readonly lost: readonly string[] }

/** Writes `const` and `enum` as an enum of strings and numbers, which Google enforces. Of other values their type stays. */
export function fitValues(schema: JsonObject): Fitted {
  const keyword = 'const' in schema ? 'const' : 'enum'
  if (!(keyword in schema)) return { schema, lost: [] }
  const { const: constant, enum: listed, ...others } = schema
  const values = keyword === 'const' ? [constant] : listOf(listed)
  const usable = values.filter(isEnumValue)
  const hasNull = values.includes(null)
  const hasBooleans = values.includes(true) && values.includes(false)
  const expressed = usable.length + (hasNull ? 1 : 0) + (hasBooleans ? 2 : 0)
  const types = typesFor(schema, values, hasNull && usable.length > 0)
  return {
    schema: {
      ...others,
      ...(types === undefined ? {} : { type: types }),
      ...(usable.length > 0 ? { enum: usable } : {}),
      ...(hasNull && usable.length > 0 ? { nullable: true } : {}),
    },
    lost: expressed === values.length && values.length > 0 ? [] : [keyword],
  }
}

const isEnumValue = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && value !== '')

function typesFor(schema: JsonObject, values: readonly unknown[], withoutNull: boolean): unknown {
  const { type } = schema
  if (typeof type === 'string') return type
  const named = Array.isArray(type) ? listOf(type) : [...new Set(values.map(typeOfValue))]
  const names = withoutNull ? named.filter((name) => name !== 'null') : named
  return names.length > 1 ? names : names[0]
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** Writes exclusive bounds as inclusive ones: the next integer, or for other numbers the bound itself. */
export function fitBounds(schema: JsonObject): Fitted {
  if (!('exclusiveMinimum' in schema) && !('exclusiveMaximum' in schema)) {
    return { schema, lost: [] }
  }
  const { exclusiveMinimum, exclusiveMaximum, minimum, maximum, ...others } = schema
  const step = [schema['type']].flat().includes('integer') ? 1 : 0
  const lowest = inclusive(minimum, exclusiveMinimum, step)
  const highest = inclusive(maximum, exclusiveMaximum, -step)
  const lost = Object.entries({ exclusiveMinimum, exclusiveMaximum })
    .filter(([, value]) => value !== undefined && value !== false && step === 0)
    .map(([keyword]) => keyword)
  return {
    schema: {
      ...others,
      ...(lowest === undefined ? {} : { minimum: lowest }),
      ...(highest === undefined ? {} : { maximum: highest }),
    },
    lost,
  }
}

function inclusive(bound: unknown, exclusive: unknown, step: number): unknown {
  // Draft 4 writes `exclusiveMinimum: true`.
  if (exclusive === true) return typeof bound === 'number' ? bound + step : undefined
  if (typeof exclusive !== 'number') return bound
  const next =
    step === 0 ? exclusive : step > 0 ? Math.floor(exclusive) + 1 : Math.ceil(exclusive) - 1
  if (typeof bound !== 'number') return next
  return step < 0 ? Math.min(bound, next) : Math.max(bound, next)
}
