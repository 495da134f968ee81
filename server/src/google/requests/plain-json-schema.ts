import { isObject, listOf, type JsonObject } from '../../runtime/json-value.ts'
import { resolveReference } from './schema-reference.ts'

/** What `parametersJsonSchema` and `responseJsonSchema` honour. */
const honoured = new Set([
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

/** What they ignore without harm: words, and bounds on texts that no model keeps to strictly. */
const harmless = new Set([
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

const deepest = 32

type Place = {
  readonly root: unknown
  readonly depth: number
  /** References that are being followed, and those that have been. */
  readonly open: readonly string[]
  readonly known: Set<string>
}

/** Whether Google takes a JSON Schema as it is, and understands everything in it that binds. */
export function isPlainJsonSchema(schema: unknown): boolean {
  return isPlain(schema, { root: schema, depth: 0, open: [], known: new Set() })
}

function isPlain(schema: unknown, place: Place): boolean {
  if (place.depth > deepest) return false
  if (typeof schema === 'boolean') return true
  if (!isObject(schema)) return false
  if ('$ref' in schema) return isPlainReference(schema, place)
  const inner = { ...place, depth: place.depth + 1 }
  return Object.entries(schema).every(([keyword, value]) => fits(keyword, value, inner))
}

/** Beside a reference only other `$` keywords may stand, and a cycle only where nothing requires it. */
function isPlainReference(schema: JsonObject, place: Place): boolean {
  const reference = schema['$ref']
  if (typeof reference !== 'string' || place.open.includes(reference)) return false
  if (Object.keys(schema).some((keyword) => !keyword.startsWith('$'))) return false
  if (place.known.has(reference)) return true
  const target = resolveReference(place.root, reference)
  const inner = { ...place, depth: place.depth + 1, open: [...place.open, reference] }
  if (!isPlain(target, inner)) return false
  place.known.add(reference)
  return true
}

function fits(keyword: string, value: unknown, place: Place): boolean {
  const isEach = (values: readonly unknown[]) => values.every((one) => isPlain(one, place))
  switch (keyword) {
    case '$defs':
    case 'properties':
      return isObject(value) && isEach(Object.values(value))
    case 'items':
    case 'additionalProperties':
      return isPlain(value, place)
    case 'anyOf':
    case 'oneOf':
    case 'prefixItems':
      return listOf(value).length > 0 && isEach(listOf(value))
    case 'enum':
      return listOf(value).length > 0 && listOf(value).every(isPlainValue)
    default:
      return honoured.has(keyword) || harmless.has(keyword)
  }
}

const isPlainValue = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && value !== '')
