import { objectOf, type JsonObject } from '../../../runtime/json-value.ts'
import { decodeStep, resolveReference } from './schema-reference.ts'

/** Definitions that references need. All become members of `$defs`, the only place where Google looks. */
export type Definitions = {
  /** The reference to write, or undefined where nothing is referred to. */
  readonly refer: (reference: string) => string | undefined
  /** The next definition that was referred to and not yet taken. */
  readonly next: () => Definition | undefined
  /** `$defs` with the given schemas by reference. */
  readonly collect: (schemas: ReadonlyMap<string, unknown>) => JsonObject | undefined
}

type Definition = { readonly reference: string; readonly name: string; readonly schema: unknown }

const maxDefinitions = 256

export function createDefinitions(root: unknown): Definitions {
  const found = new Map<string, Definition>()
  const names = new Set(Object.keys(objectOf(objectOf(root)?.['$defs']) ?? {}))
  const waiting: Definition[] = []
  return {
    refer(given) {
      if (given === '#') return given
      const known = found.get(given)
      if (known !== undefined) return known.reference
      const schema = resolveReference(root, given)
      if (schema === undefined || found.size >= maxDefinitions) return undefined
      const definition = define(given, schema, names)
      found.set(given, definition)
      waiting.push(definition)
      return definition.reference
    },
    next: () => waiting.pop(),
    collect(schemas) {
      if (found.size === 0) return undefined
      const all = [...found.values()].map(({ reference, name }) => [name, schemas.get(reference)])
      return Object.fromEntries(all)
    },
  }
}

const memberOfDefs = /^#\/\$defs\/([^/]+)$/

function define(given: string, schema: unknown, names: Set<string>): Definition {
  const written = memberOfDefs.exec(given)?.[1]
  if (written !== undefined) return { reference: given, name: decodeStep(written), schema }
  const name = freeName(given, names)
  names.add(name)
  return { reference: `#/$defs/${name}`, name, schema }
}

function freeName(reference: string, names: ReadonlySet<string>): string {
  const last = reference.slice(reference.lastIndexOf('/') + 1).slice(0, 64)
  const name = last.replaceAll(/[^A-Za-z0-9_-]/g, '_')
  if (!names.has(name)) return name
  let count = 2
  while (names.has(`${name}_${count}`)) count += 1
  return `${name}_${count}`
}
