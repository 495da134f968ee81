import { isObject, type JsonObject } from '../../../runtime/json-value.ts'
import { modelTraits } from '../../models/model-traits.ts'
import { fitArguments } from './arguments-schema.ts'
import { refusalOf, withCamelKeywords, type Refusal } from './refused-schema.ts'
import { compileSchema } from './schema-compiler.ts'
import { replaceBy, type Edit } from '../json/edits.ts'
import type { Range } from '../json/json-scanner.ts'
import { snakeCase } from '../json/member-name.ts'

/**
 * Repairs function parameters that Google refuses. JSON Schema moves to the field for it where the model has one; else it becomes
 * Google's form. Schemas that Google accepts stay as they are.
 */
export function toolSchemaEdits(body: Buffer, range: Range, model: string): Edit[] {
  const bytes = body.subarray(range.start, range.end)
  if (!bytes.includes('"parameters"')) return []
  const tools: unknown = JSON.parse(bytes.toString('utf8'))
  const clean = (tool: unknown) => cleanTool(tool, model)
  const cleaned = Array.isArray(tools) ? mapChanged(tools, clean) : clean(tools)
  return cleaned === tools ? [] : [replaceBy(range, cleaned)]
}

function cleanTool(tool: unknown, model: string): unknown {
  if (!isObject(tool)) return tool
  return withMember(tool, 'functionDeclarations', (declarations) =>
    Array.isArray(declarations)
      ? mapChanged(declarations, (one) => cleanDeclaration(one, model))
      : declarations,
  )
}

function cleanDeclaration(declaration: unknown, model: string): unknown {
  if (!isObject(declaration)) return declaration
  const { parameters, ...others } = declaration
  const refusal = refusalOf(parameters)
  if (refusal === undefined) return declaration
  const schema = withCamelKeywords(parameters)
  return {
    ...others,
    ...(jsonParameters(schema, refusal, model) ?? { parameters: compileSchema(schema) }),
  }
}

/** The parameters in the field for JSON Schema, if they are JSON Schema and the model has this field. */
function jsonParameters(schema: unknown, refusal: Refusal, model: string): object | undefined {
  if (refusal !== 'keywords' || !isObject(schema) || !modelTraits(model).takesJsonSchema)
    return undefined
  return fitArguments(schema, true)?.value
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
