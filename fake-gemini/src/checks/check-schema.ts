import type { Schema } from '../wire/request.ts'

const deepest = 32
/** Keywords allowed beside `anyOf`. */
const allowedBesideAnyOf: ReadonlySet<string> = new Set([
  'anyOf',
  'nullable',
  'title',
  'description',
  'default',
])

const formatsOfStrings: ReadonlySet<string> = new Set(['enum', 'date-time'])

export const tooDeep =
  'A schema in GenerationConfig in the request exceeds the maximum allowed nesting depth.'

/**
 * Rules of the OpenAPI subset that the message schema cannot express. Unknown keywords are rejected
 * earlier. Each problem is one line of Google's bulleted message.
 */
export function schemaProblems(schema: Schema, path: string, depth = 0): string[] {
  if (depth > deepest) return [`${path}: ${tooDeep}`]
  return [...ownProblems(schema, path), ...innerProblems(schema, path, depth)]
}

function ownProblems(schema: Schema, path: string): string[] {
  const problems: string[] = []
  const add = (field: string, text: string): void => {
    problems.push(`${path}.${field}: ${text}`)
  }
  const { type, properties = {}, required = [] } = schema
  if (schema.anyOf && Object.keys(schema).some((key) => !allowedBesideAnyOf.has(key))) {
    add('any_of', 'when using any_of, it must be the only field set')
  }
  if (type === 'ARRAY' && schema.items === undefined) add('items', 'missing field')
  if (type !== undefined && type !== 'ARRAY' && schema.items) {
    add('items', 'only allowed for ARRAY type')
  }
  if (type !== undefined && type !== 'OBJECT' && schema.properties) {
    add('properties', 'only allowed for OBJECT type')
  }
  for (const [index, name] of required.entries()) {
    if (!Object.hasOwn(properties, name)) add(`required[${index}]`, 'property is not defined')
  }
  if (type === 'BOOLEAN' && schema.enum) add('enum', 'only allowed for STRING type')
  if (type === 'STRING' && schema.format !== undefined && !formatsOfStrings.has(schema.format)) {
    add('format', "only 'enum' and 'date-time' are supported for STRING type")
  }
  for (const [index, value] of (schema.enum ?? []).entries()) {
    if (value === '') add(`enum[${index}]`, 'cannot be empty')
  }
  return problems
}

function innerProblems(schema: Schema, path: string, depth: number): string[] {
  const inner: [string, Schema][] = [
    ...Object.entries(schema.properties ?? {}).map(([name, property]): [string, Schema] => [
      `${path}.properties[${name}]`,
      property,
    ]),
    ...(schema.anyOf ?? []).map((option, index): [string, Schema] => [
      `${path}.any_of[${index}]`,
      option,
    ]),
  ]
  if (schema.items) inner.push([`${path}.items`, schema.items])
  return inner.flatMap(([at, one]) => schemaProblems(one, at, depth + 1))
}
