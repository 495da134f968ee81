import { isObject, type JsonObject } from '../../../runtime/json-value.ts'
import { compileSchema } from './schema-compiler.ts'
import { replaceBy, type Edit } from '../json/edits.ts'
import type { Range } from '../json/json-scanner.ts'
import { snakeCase } from '../json/member-name.ts'

const schemaMembers =
  'type format title description nullable enum items properties required propertyOrdering anyOf default example pattern minimum maximum minItems maxItems minProperties maxProperties minLength maxLength'

/** Members of Google's Schema, in camelCase and snake_case; Google refuses any other. */
const accepted = new Set(schemaMembers.split(' ').flatMap((name) => [name, snakeCase(name)]))

/** Compiles function parameters in JSON Schema to Google's subset. Schemas that Google accepts stay as they are. */
export function toolSchemaEdits(body: Buffer, range: Range): Edit[] {
  const bytes = body.subarray(range.start, range.end)
  if (!bytes.includes('"parameters"')) return []
  const tools: unknown = JSON.parse(bytes.toString('utf8'))
  const cleaned = Array.isArray(tools) ? mapChanged(tools, cleanTool) : cleanTool(tools)
  return cleaned === tools ? [] : [replaceBy(range, cleaned)]
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

/** Whether Google refuses a schema because of its keywords. Property names are not keywords. */
function isRefused(schema: unknown): boolean {
  // Booleans and lists of types are valid in JSON Schema only.
  if (!isObject(schema)) return schema !== null && schema !== undefined
  if (Array.isArray(schema['type']) || Object.keys(schema).some((name) => !accepted.has(name))) {
    return true
  }
  const { properties, items } = schema
  const branches = [schema['anyOf'], schema['any_of']].flatMap((one) =>
    Array.isArray(one) ? one : [],
  )
  const inner = [...(isObject(properties) ? Object.values(properties) : []), items, ...branches]
  return inner.some(isRefused)
}

/** Returns the same list when no item changes. */
function mapChanged(
  list: readonly unknown[],
  change: (item: unknown) => unknown,
): readonly unknown[] {
  const changed = list.map(change)
  return changed.some((item, index) => item !== list[index]) ? changed : list
}

/** Changes a member written in camelCase or snake_case; returns the same object when the member stays the same. */
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
