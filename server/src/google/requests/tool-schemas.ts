import { isObject, type JsonObject } from '../../runtime/json-value.ts'
import { compileSchema } from './schema-compiler.ts'
import type { Edit } from './body-edits.ts'
import type { Range } from './json-scanner.ts'
import { replaceBy } from './member-edits.ts'

const words =
  'type format title description nullable enum items properties required propertyOrdering anyOf default example pattern minimum maximum minItems maxItems minProperties maxProperties minLength maxLength'

/** All that Google's Schema has, in both ways of writing; it refuses a request for every other name. */
const known = new Set(words.split(' ').flatMap((name) => [name, snakeCase(name)]))

/**
 * Functions that were declared in JSON Schema where Google takes its own subset of it, in that subset. What Google takes is left alone, and so
 * is every byte of a request that declares nothing else.
 */
export function toolSchemaEdits(body: Buffer, place: Range): Edit[] {
  const bytes = body.subarray(place.start, place.end)
  if (!bytes.includes('"parameters"')) return []
  const tools: unknown = JSON.parse(bytes.toString('utf8'))
  const cleaned = Array.isArray(tools) ? mapChanged(tools, cleanTool) : cleanTool(tools)
  return cleaned === tools ? [] : [replaceBy(place, cleaned)]
}

function cleanTool(tool: unknown): unknown {
  if (!isObject(tool)) return tool
  return withMember(tool, 'functionDeclarations', (declarations) =>
    Array.isArray(declarations) ? mapChanged(declarations, cleanDeclaration) : declarations,
  )
}

function cleanDeclaration(declaration: unknown): unknown {
  if (!isObject(declaration)) return declaration
  return withMember(declaration, 'parameters', (schema) =>
    isRefused(schema) ? compileSchema(schema) : schema,
  )
}

/** Whether Google refuses a schema for its words. Names of properties are no words of it. */
function isRefused(schema: unknown): boolean {
  // `true` and a list of types are JSON Schema.
  if (!isObject(schema)) return schema !== null && schema !== undefined
  if (Array.isArray(schema['type']) || Object.keys(schema).some((name) => !known.has(name))) {
    return true
  }
  const { properties, items } = schema
  const branches = [schema['anyOf'], schema['any_of']].flatMap((one) =>
    Array.isArray(one) ? one : [],
  )
  const inner = [...(isObject(properties) ? Object.values(properties) : []), items, ...branches]
  return inner.some(isRefused)
}

/** The very list, when nothing in it changes. */
function mapChanged(
  list: readonly unknown[],
  change: (item: unknown) => unknown,
): readonly unknown[] {
  const changed = list.map(change)
  return changed.some((item, index) => item !== list[index]) ? changed : list
}

/** A member by its name, whichever way the client wrote it, changed; the very object when it does not change. */
function withMember(
  object: JsonObject,
  name: string,
  change: (value: unknown) => unknown,
): JsonObject {
  const written = Object.hasOwn(object, name) ? name : snakeCase(name)
  const value = object[written]
  const changed = change(value)
  return changed === value ? object : { ...object, [written]: changed }
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
