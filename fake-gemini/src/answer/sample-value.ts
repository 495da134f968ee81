type JsonSchema = Readonly<Record<string, unknown>>

const deepest = 12

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const numberOr = (value: unknown, otherwise: number): number =>
  Number.isFinite(Number(value ?? undefined)) ? Number(value) : otherwise

type Place = { root: unknown; name: string; depth: number }

/**
 * A value that matches a schema, in Google's OpenAPI subset or JSON Schema. It has all properties and
 * the first of each choice, and is always the same.
 */
export function sampleValue(schema: unknown, name = 'value'): unknown {
  return sample(schema, { root: schema, name, depth: 0 })
}

function sample(schema: unknown, place: Place): unknown {
  if (!isObject(schema)) return place.name
  const { root, depth } = place
  const target = follow(schema['$ref'], root)
  if (target !== undefined) return depth > deepest ? null : sample(target, deeper(place))
  if ('const' in schema) return schema['const']
  const [first] = listOf(schema['enum'])
  if (first !== undefined) return first
  for (const choice of ['anyOf', 'oneOf', 'allOf']) {
    const options = listOf(schema[choice])
    const chosen = options.find((option) => !isObject(option) || option['type'] !== 'null')
    if (chosen !== undefined) return sample(chosen, deeper(place))
  }
  return sampleOfType(schema, place)
}

function sampleOfType(schema: JsonSchema, place: Place): unknown {
  switch (typeOf(schema)) {
    case 'object':
      return sampleObject(schema, place)
    case 'array':
      return sampleArray(schema, place)
    case 'integer':
    case 'number':
      return numberOr(schema['minimum'], Math.min(1, numberOr(schema['maximum'], 1)))
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return sampleString(schema, place.name)
  }
}

function typeOf(schema: JsonSchema): string {
  const type = schema['type']
  const name = Array.isArray(type) ? type.find((one) => one !== 'null') : type
  if (typeof name === 'string') return name.toLowerCase()
  if ('properties' in schema) return 'object'
  return 'items' in schema || 'prefixItems' in schema ? 'array' : 'string'
}

function sampleObject(schema: JsonSchema, place: Place): object {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = new Set(listOf(schema['required']))
  // At depth only required properties, so that recursive schemas end.
  const wanted = Object.entries(properties).filter(
    ([name]) => place.depth < 4 || required.has(name),
  )
  return Object.fromEntries(
    wanted.map(([name, property]) => [
      name,
      place.depth > deepest ? null : sample(property, { ...deeper(place), name }),
    ]),
  )
}

function sampleArray(schema: JsonSchema, place: Place): unknown[] {
  const fixed = listOf(schema['prefixItems'])
  if (fixed.length > 0) return fixed.map((item) => sample(item, deeper(place)))
  const atLeast = numberOr(schema['minItems'], place.depth < 4 ? 1 : 0)
  const count = Math.min(Math.max(atLeast, 0), 100, numberOr(schema['maxItems'], 100))
  return Array.from({ length: count }, () => sample(schema['items'], deeper(place)))
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-11-23T08:00:00Z',
  date: '2026-11-23',
  time: '08:00:00Z',
  duration: 'PT1H',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  ipv4: '192.0.2.1',
}

function sampleString(schema: JsonSchema, name: string): string {
  const known = formats[String(schema['format'])]
  if (known !== undefined) return known
  const text = `some ${name}`.padEnd(numberOr(schema['minLength'], 0), '.')
  return text.slice(0, numberOr(schema['maxLength'], text.length))
}

function deeper(place: Place): Place {
  return { ...place, depth: place.depth + 1 }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function follow(reference: unknown, root: unknown): unknown {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined
  return reference
    .slice(1)
    .split('/')
    .filter((step) => step !== '')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((node, step) => (isObject(node) ? node[step] : undefined), root)
}
