type JsonSchema = Readonly<Record<string, unknown>>

type Place = {
  readonly root: unknown
  readonly path: string
  readonly depth: number
  /** References followed to get here, without a property that may be left out in between. */
  readonly followed: readonly string[]
  readonly seen: Set<string>
  readonly problems: string[]
}

const deepest = 32
const maxProblems = 20

/** Rules of the fields that take JSON Schema. They ignore unknown keywords, but not wrong references and values. */
export function jsonSchemaProblems(schema: unknown, path: string): string[] {
  const problems: string[] = []
  check(schema, { root: schema, path, depth: 0, followed: [], seen: new Set(), problems })
  return problems
}

function check(schema: unknown, place: Place): void {
  if (typeof schema === 'boolean' || place.problems.length >= maxProblems) return
  if (!isObject(schema)) return add(place, 'should be an object or a boolean')
  if (place.depth > deepest) return add(place, 'exceeds the maximum allowed nesting depth.')
  if ('$ref' in schema) return checkReference(schema, place)
  checkValues(schema, place)
  for (const name of ['items', 'additionalProperties']) {
    if (name in schema) check(schema[name], inside(place, name))
  }
  for (const name of ['anyOf', 'oneOf', 'prefixItems']) {
    if (!(name in schema)) continue
    const options = listOf(schema[name])
    if (options.length === 0) add(place, `${name} should be a list of schemas`)
    for (const [index, option] of options.entries())
      check(option, inside(place, `${name}[${index}]`))
  }
  checkProperties(schema, place)
}

function checkProperties({ properties = {}, required }: JsonSchema, place: Place): void {
  if (!isObject(properties)) return add(place, 'properties should be an object')
  for (const [name, property] of Object.entries(properties)) {
    const inner = inside(place, `properties[${name}]`)
    const isRequired = listOf(required).includes(name)
    check(property, isRequired ? inner : { ...inner, followed: [] })
  }
}

function checkReference(schema: JsonSchema, place: Place): void {
  const reference = schema['$ref']
  // Google documents only `$` keywords, and was seen to accept a title.
  if (Object.keys(schema).some((keyword) => !keyword.startsWith('$') && keyword !== 'title')) {
    return add(place, 'only keywords that start with `$` may be set beside $ref')
  }
  const target = typeof reference === 'string' ? resolve(place.root, reference) : undefined
  if (typeof reference !== 'string' || target === undefined) {
    return add(place, `unknown reference ${String(reference)}`)
  }
  if (place.followed.includes(reference)) {
    return add(place, 'a cyclic reference may only be used in properties that are not required')
  }
  // A target is checked once for each way that leads to it without an optional property.
  const followed = [...place.followed, reference]
  const way = followed.join(' ')
  if (place.seen.has(way)) return
  place.seen.add(way)
  check(target, { ...place, depth: 0, followed })
}

function checkValues(schema: JsonSchema, place: Place): void {
  if (!('enum' in schema)) return
  const values = listOf(schema['enum'])
  const areValid = values.every(
    (one) => typeof one === 'number' || (typeof one === 'string' && one !== ''),
  )
  if (values.length === 0 || !areValid) add(place, 'enum should list strings and numbers')
}

function inside(place: Place, step: string): Place {
  return { ...place, path: `${place.path}.${step}`, depth: place.depth + 1 }
}

function add({ problems, path }: Place, text: string): void {
  problems.push(`${path}: ${text}`)
}

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

const memberOfDefs = /^#\/\$defs\/([^/]+)$/

/** Google looks for `#` and for the members of `$defs` of the whole schema. */
function resolve(root: unknown, reference: string): unknown {
  if (reference === '#') return root
  const step = memberOfDefs.exec(reference)?.[1]
  if (step === undefined || !isObject(root) || !isObject(root['$defs'])) return undefined
  const name = decode(step).replaceAll('~1', '/').replaceAll('~0', '~')
  return Object.hasOwn(root['$defs'], name) ? root['$defs'][name] : undefined
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
