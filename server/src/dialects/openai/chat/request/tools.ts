import type { ChatRequest, ChatTool, FunctionTool } from './chat-request.ts'
import type {
  FunctionDeclaration,
  GeminiSchema,
  Tool,
} from '../../../../google/requests/gemini-request.ts'
import { ClientError } from '../../../client-error.ts'
import { isObject } from '../../../../runtime/json-value.ts'
import type { ModelTraits } from '../../../../google/models/model-traits.ts'
import { isPlainJsonSchema } from '../../../../google/requests/schema/plain-json-schema.ts'
import { compileSchema } from '../../../../google/requests/schema/schema-compiler.ts'
import type { ToolNames } from '../../../translate/tool-names.ts'
import type { Translated, Warning } from '../../../translate/warnings.ts'

/** Google's tools by the names that clients use. */
const builtIns: Readonly<Record<string, keyof Tool>> = {
  googleSearch: 'googleSearch',
  google_search: 'googleSearch',
  web_search: 'googleSearch',
  web_search_preview: 'googleSearch',
  codeExecution: 'codeExecution',
  code_execution: 'codeExecution',
  code_interpreter: 'codeExecution',
  urlContext: 'urlContext',
  url_context: 'urlContext',
}

type Named = { readonly tool: FunctionTool; readonly param: string }

/** The declared functions, or Google's tools when there are no functions. */
export function translateTools(
  request: Pick<ChatRequest, 'tools' | 'functions' | 'web_search_options'>,
  traits: ModelTraits,
  toolNames: ToolNames,
): Translated<Tool[]> {
  const warnings: Warning[] = []
  const builtInTools = new Map<keyof Tool, string>()
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const param = `tools[${index}]`
    const read = readTool(tool)
    if (read === undefined)
      warnings.push({ field: param, reason: 'Google does not have this tool.' })
    else if (typeof read === 'string') builtInTools.set(read, param)
  }
  if (request.web_search_options) builtInTools.set('googleSearch', 'web_search_options')
  const declarations = declareOnce(declaredFunctions(request), traits, toolNames)
  if (declarations.length === 0) {
    return { value: [...builtInTools.keys()].map((name) => ({ [name]: {} })), warnings }
  }
  for (const field of builtInTools.values()) {
    warnings.push({ field, reason: "Google's tools cannot be combined with functions." })
  }
  return { value: [{ functionDeclarations: declarations }], warnings }
}

/** The functions of `tools` and of the legacy field. */
export function declaredFunctions(request: Pick<ChatRequest, 'tools' | 'functions'>): Named[] {
  const modern = (request.tools ?? []).flatMap((tool, index): Named[] => {
    const read = readTool(tool)
    return typeof read === 'object' ? [{ tool: read, param: `tools[${index}].function` }] : []
  })
  const legacy = (request.functions ?? []).map((tool, index) => ({
    tool,
    param: `functions[${index}]`,
  }))
  return [...modern, ...legacy]
}

/** A function, one of Google's tools, or undefined for any other tool. */
function readTool(tool: ChatTool): FunctionTool | keyof Tool | undefined {
  if (isFunctionTool(tool)) {
    // As in the Python program, a function with this name enables Google's search.
    return tool.function.name === 'googleSearch' ? 'googleSearch' : tool.function
  }
  const name = tool.type ?? Object.keys(tool).find((key) => Object.hasOwn(builtIns, key)) ?? ''
  return Object.hasOwn(builtIns, name) ? builtIns[name] : undefined
}

const isFunctionTool = (tool: ChatTool): tool is { type: 'function'; function: FunctionTool } =>
  tool.type === 'function'

function declareOnce(
  functions: readonly Named[],
  traits: ModelTraits,
  toolNames: ToolNames,
): FunctionDeclaration[] {
  const declared = new Map<string, FunctionDeclaration>()
  for (const { tool, param } of functions) {
    if (declared.has(tool.name)) continue
    const { description } = tool
    declared.set(tool.name, {
      name: toolNames.toGemini(tool.name),
      ...(description ? { description } : {}),
      ...parametersOf(tool.parameters, `${param}.parameters`, traits),
    })
  }
  return [...declared.values()]
}

function parametersOf(
  parameters: unknown,
  param: string,
  { takesJsonSchema }: ModelTraits,
): Pick<FunctionDeclaration, 'parameters' | 'parametersJsonSchema'> {
  if (parameters === undefined || parameters === null) return {}
  if (!isObject(parameters)) {
    throw new ClientError(`'${param}' must be a JSON Schema of type object.`, { param })
  }
  if (isEmptySchema(parameters)) return {}
  if (takesJsonSchema && isPlainJsonSchema(parameters) && parameters['type'] === 'object') {
    return { parametersJsonSchema: parameters }
  }
  const compiled = asObject(compileSchema(parameters))
  if (compiled === undefined) {
    throw new ClientError(`'${param}' must be a JSON Schema of type object.`, { param })
  }
  return compiled.properties === undefined ? {} : { parameters: compiled }
}

/** Some models refuse an object without properties. */
function isEmptySchema(schema: Readonly<Record<string, unknown>>): boolean {
  const { properties } = schema
  const isEmpty =
    properties === undefined || (isObject(properties) && Object.keys(properties).length === 0)
  const hasMore = ['anyOf', 'oneOf', 'allOf', '$ref', 'additionalProperties'].some(
    (keyword) => schema[keyword] !== undefined && schema[keyword] !== false,
  )
  return isEmpty && !hasMore && (schema['type'] === undefined || schema['type'] === 'object')
}

/** Arguments must be one object: a choice of objects becomes one with all their properties. */
function asObject(schema: GeminiSchema): GeminiSchema | undefined {
  if (schema.type === 'OBJECT') {
    const { nullable: _dropped, ...object } = schema
    return object
  }
  const branches = schema.anyOf?.filter(({ type }) => type === 'OBJECT') ?? []
  if (branches.length === 0) return undefined
  const { anyOf: _dropped, ...rest } = schema
  const properties = Object.fromEntries(
    branches.flatMap((branch) => Object.entries(branch.properties ?? {})),
  )
  const required = (branches[0]?.required ?? []).filter((name) =>
    branches.every((branch) => branch.required?.includes(name)),
  )
  return {
    ...rest,
    type: 'OBJECT',
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
  }
}
