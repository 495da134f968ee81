import { isObject, listOf, stringsOf, type JsonObject } from '../../../runtime/json-value.ts'

type Schemas = ReadonlyMap<string, unknown>

/** A reference from one schema to another; those within a property can be made optional. */
type Edge = { readonly to: string; readonly isInProperty: boolean }

/**
 * Google follows a cycle of references only through properties that are not required. Such properties leave `required`; a cycle
 * without a property is cut where it closes.
 */
export function breakCycles(schemas: Schemas): {
  readonly schemas: Schemas
  readonly relaxed: readonly string[]
} {
  const edges = new Map([...schemas].map(([name, schema]) => [name, edgesOf(schema)]))
  const all = reachable(edges)
  if (![...all].some(([name, reached]) => reached.has(name))) return { schemas, relaxed: [] }
  const plain = reachable(
    new Map([...edges].map(([name, list]) => [name, list.filter((edge) => !edge.isInProperty)])),
  )
  const relaxed: string[] = []
  const opened = [...schemas].map(([from, schema]): [string, unknown] => {
    const cycle: Cycle = {
      closes: (to) => all.get(to)?.has(from) === true,
      isEndless: (to) => plain.get(to)?.has(from) === true,
      relaxed,
    }
    const path = from === '#' ? '' : `.$defs.${from.slice('#/$defs/'.length)}`
    return [from, open(schema, cycle, { path, isInProperty: false })]
  })
  return { schemas: new Map(opened), relaxed }
}

/** The names that can be reached from each name; a name reaches itself only through a cycle. */
function reachable(edges: ReadonlyMap<string, readonly Edge[]>): Map<string, Set<string>> {
  const next = new Map([...edges].map(([name, list]) => [name, new Set(list.map(({ to }) => to))]))
  return new Map(
    [...next].map(([name, first]) => {
      const reached = new Set(first)
      // A set's iteration includes what is added during it.
      for (const one of reached) for (const other of next.get(one) ?? []) reached.add(other)
      return [name, reached]
    }),
  )
}

function edgesOf(schema: unknown): Edge[] {
  const edges: Edge[] = []
  visit(schema, false, (to, isInProperty) => edges.push({ to, isInProperty }))
  return edges
}

function visit(
  schema: unknown,
  isInProperty: boolean,
  report: (to: string, isInProperty: boolean) => void,
): void {
  if (!isObject(schema)) return
  const { $ref, properties } = schema
  if (typeof $ref === 'string') report($ref, isInProperty)
  if (isObject(properties)) for (const one of Object.values(properties)) visit(one, true, report)
  for (const one of innerOf(schema)) visit(one, isInProperty, report)
}

const single = ['items', 'additionalProperties']
const several = ['anyOf', 'oneOf', 'prefixItems']

/** The schemas in a schema, without its properties. */
function innerOf(schema: JsonObject): unknown[] {
  return [...single.map((name) => schema[name]), ...several.flatMap((name) => listOf(schema[name]))]
}

type Cycle = {
  readonly closes: (to: string) => boolean
  /** Whether a reference outside of properties leads back to itself. */
  readonly isEndless: (to: string) => boolean
  readonly relaxed: string[]
}

type Place = { readonly path: string; readonly isInProperty: boolean }

function open(schema: unknown, cycle: Cycle, place: Place): unknown {
  if (!isObject(schema)) return schema
  const { $ref } = schema
  if (typeof $ref === 'string') {
    if (place.isInProperty || !cycle.isEndless($ref)) return schema
    cycle.relaxed.push(`${place.path}.$ref`)
    return {}
  }
  const opened = Object.entries(schema).map(([keyword, value]) => {
    if (keyword === 'required') return [keyword, openRequired(schema, cycle, place.path)]
    const inner = { path: `${place.path}.${keyword}`, isInProperty: place.isInProperty }
    return [
      keyword,
      openKeyword(keyword, value, (one, step) => open(one, cycle, stepInto(inner, step, keyword))),
    ]
  })
  return Object.fromEntries(opened)
}

function stepInto(
  { path, isInProperty }: Place,
  step: string | number | undefined,
  keyword: string,
): Place {
  return {
    path: step === undefined ? path : `${path}.${step}`,
    isInProperty: isInProperty || keyword === 'properties',
  }
}

type OpenInner = (schema: unknown, step?: string | number) => unknown

function openKeyword(keyword: string, value: unknown, openInner: OpenInner): unknown {
  if (keyword === 'properties' && isObject(value)) {
    const opened = Object.entries(value).map(([name, one]) => [name, openInner(one, name)])
    return Object.fromEntries(opened)
  }
  if (single.includes(keyword)) return openInner(value)
  return several.includes(keyword)
    ? listOf(value).map((one, index) => openInner(one, index))
    : value
}

function openRequired(schema: JsonObject, cycle: Cycle, path: string): readonly string[] {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  return stringsOf(schema['required']).filter((name) => {
    if (!Object.hasOwn(properties, name) || !holdsCycle(properties[name], cycle)) return true
    cycle.relaxed.push(`${path}.required`)
    return false
  })
}

/** Whether a property's own schema closes a cycle, without the properties in it. */
function holdsCycle(schema: unknown, cycle: Cycle): boolean {
  if (!isObject(schema)) return false
  const { $ref } = schema
  if (typeof $ref === 'string' && cycle.closes($ref)) return true
  return innerOf(schema).some((one) => holdsCycle(one, cycle))
}
