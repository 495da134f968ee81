import type {
  GenerateContentRequest,
  GenerationConfig,
} from '../../google/requests/gemini-request.ts'
import { resolveReference } from '../../google/requests/schema/schema-reference.ts'
import { isObject, listOf, type JsonObject } from '../../runtime/json-value.ts'

/** JSON that a client asks for beside tools, which the model does not combine: it is asked for in words, and the answer is checked. */
export type JsonDemand = {
  /** The client's schema; undefined for any JSON. */
  readonly schema: JsonObject | undefined
  /** What makes Google answer with JSON where no tools are in the way. */
  readonly format: Pick<
    GenerationConfig,
    'responseMimeType' | 'responseSchema' | 'responseJsonSchema'
  >
}

/** The demand as an instruction for the model. */
export function demandInWords({ schema }: JsonDemand): string {
  const words =
    'Use the tools first where they help. Write the final answer as JSON only, without Markdown and without any other text.'
  if (schema === undefined) return words
  return `${words} It must fit this JSON Schema:\n${JSON.stringify(schema)}`
}

/** The same request without tools, after an answer that is not JSON. */
export function withoutTools(
  request: GenerateContentRequest,
  { format }: JsonDemand,
  answer: string,
): GenerateContentRequest {
  const { tools: _tools, toolConfig: _config, continuationToken: _token, ...rest } = request
  const answered =
    answer.trim() === '' ? [] : [{ role: 'model' as const, parts: [{ text: answer }] }]
  const ask = { role: 'user' as const, parts: [{ text: 'Write that answer as JSON only.' }] }
  return {
    ...rest,
    contents: [...request.contents, ...answered, ask],
    generationConfig: { ...request.generationConfig, ...format },
  }
}

/** The JSON in a text, without a Markdown fence around it; undefined where there is none that fits. */
export function fittingJson(text: string, { schema }: JsonDemand): string | undefined {
  const json = withoutFence(text)
  try {
    const value: unknown = JSON.parse(json)
    return schema === undefined || fits(value, schema) ? json : undefined
  } catch {
    return undefined
  }
}

const fence = '```'

function withoutFence(text: string): string {
  const trimmed = text.trim()
  const lineEnd = trimmed.indexOf('\n')
  const isFenced = trimmed.startsWith(fence) && trimmed.endsWith(fence) && lineEnd !== -1
  return isFenced ? trimmed.slice(lineEnd + 1, -fence.length).trim() : text
}

/** Whether the value has the members that the schema requires, and their types. Nested schemas, and patterns that may be slow, are not checked. */
function fits(value: unknown, schema: JsonObject): boolean {
  const root = resolved(schema, schema)
  if (!hasType(value, root)) return false
  if (!isObject(value)) return true
  if (!listOf(root['required']).every((name) => Object.hasOwn(value, String(name)))) return false
  const properties = isObject(root['properties']) ? root['properties'] : {}
  return Object.entries(value).every(([name, member]) => {
    const declared = Object.hasOwn(properties, name) ? properties[name] : undefined
    return !isObject(declared) || hasType(member, resolved(declared, schema))
  })
}

function resolved(schema: JsonObject, root: JsonObject): JsonObject {
  const { $ref: reference } = schema
  const target = typeof reference === 'string' ? resolveReference(root, reference) : undefined
  return isObject(target) ? target : schema
}

const isType: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  object: isObject,
}

function hasType(value: unknown, { type, nullable }: JsonObject): boolean {
  if (nullable === true && value === null) return true
  const types = (Array.isArray(type) ? listOf(type) : [type]).map((one) =>
    String(one).toLowerCase(),
  )
  return types.some((name) => (Object.hasOwn(isType, name) ? isType[name]?.(value) : true))
}
