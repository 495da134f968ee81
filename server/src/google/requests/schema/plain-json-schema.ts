import { isObject, listOf, type JsonObject } from '../../../runtime/json-value.ts'
import { resolveReference } from './schema-reference.ts'

/** Keywords that `parametersJsonSchema` and `responseJsonSchema` enforce. */
const enforced = new Set([
  '$id',
  '$anchor',
  'type',
  'format',
  'title',
  'description',
  'prefixItems',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'anyOf',
  'oneOf',
  'additionalProperties',
  'required',
  'propertyOrdering',
])

/** Keywords that they ignore and that may be lost: annotations, and limits on strings. */
const ignorable = new Set([
  '$schema',
  '$comment',
  'default',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'pattern',
  'minLength',
  'maxLength',
  'uniqueItems',
  'contentEncoding',
  'contentMediaType',
  'strict',
])

const maxDepth = 32

type Context = {
  readonly root: unknown
  readonly depth: number
  /** References on the path to this schema. */
  readonly open: readonly string[]
  /** References already found to be plain. */
  readonly plain: Set<string>
}

/** Whether Google accepts a JSON Schema unchanged and enforces all its constraints. */
export function isPlainJsonSchema(schema: unknown): boolean {
  return isPlain(schema, { root: schema, depth: 0, open: [], plain: new Set() })
}

function isPlain(schema: unknown, context: Context): boolean {
  if (context.depth > maxDepth) return false
  if (typeof schema === 'boolean') return true
  if (!isObject(schema)) return false
  if ('$ref' in schema) return isPlainReference(schema, context)
  const inner = { ...context, depth: context.depth + 1 }
  return Object.entries(schema).every(([keyword, value]) => isPlainKeyword(keyword, value, inner))
}

/** Google allows only `$` keywords next to a reference. Cyclic references are never plain. */
function isPlainReference(schema: JsonObject, context: Context): boolean {
  const reference = schema['$ref']
  if (typeof reference !== 'string' || context.open.includes(reference)) return false
  if (Object.keys(schema).some((keyword) => !keyword.startsWith('$'))) return false
  if (context.plain.has(reference)) return true
  const target = resolveReference(context.root, reference)
  const inner = { ...context, depth: context.depth + 1, open: [...context.open, reference] }
  if (!isPlain(target, inner)) return false
  context.plain.add(reference)
  return true
}

function isPlainKeyword(keyword: string, value: unknown, context: Context): boolean {
  const areAllPlain = (values: readonly unknown[]) => values.every((one) => isPlain(one, context))
  switch (keyword) {
    case '$defs':
    case 'properties':
      return isObject(value) && areAllPlain(Object.values(value))
    case 'items':
    case 'additionalProperties':
      return isPlain(value, context)
    case 'anyOf':
    case 'oneOf':
    case 'prefixItems':
      return listOf(value).length > 0 && areAllPlain(listOf(value))
    case 'enum':
      return listOf(value).length > 0 && listOf(value).every(isPlainValue)
    default:
      return enforced.has(keyword) || ignorable.has(keyword)
  }
}

const isPlainValue = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && value !== '')
