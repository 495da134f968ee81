import type { ChatRequest, ChatTool, FunctionTool } from './chat-request.ts'
import type { FunctionDeclaration, Tool } from '../../../../google/requests/gemini-request.ts'
import { ClientError } from '../../../client-error.ts'
import { isObject } from '../../../../runtime/json-value.ts'
import type { ModelTraits } from '../../../../google/models/model-traits.ts'
import { fitArguments } from '../../../../google/requests/schema/arguments-schema.ts'
import type { ToolNames } from '../../../translate/tool-names.ts'
import { lostKeywords, type Translated, type Warning } from '../../../translate/warnings.ts'

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
  const { value: declarations, warnings: lost } = declareOnce(
    declaredFunctions(request),
    traits,
    toolNames,
  )
  warnings.push(...lost)
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
): Translated<FunctionDeclaration[]> {
  const declared = new Map<string, FunctionDeclaration>()
  const warnings: Warning[] = []
  for (const { tool, param } of functions) {
    if (declared.has(tool.name)) continue
    const { description } = tool
    const parameters = parametersOf(tool.parameters, `${param}.parameters`, traits)
    declared.set(tool.name, {
      name: toolNames.toGemini(tool.name),
      ...(description ? { description } : {}),
      ...parameters.value,
    })
    warnings.push(...parameters.warnings)
  }
  return { value: [...declared.values()], warnings }
}

function parametersOf(
  parameters: unknown,
  param: string,
  { takesJsonSchema }: ModelTraits,
): Translated<Pick<FunctionDeclaration, 'parameters' | 'parametersJsonSchema'>> {
  if (parameters === undefined || parameters === null) return { value: {}, warnings: [] }
  const fitted = isObject(parameters) ? fitArguments(parameters, takesJsonSchema) : undefined
  if (fitted === undefined) {
    throw new ClientError(`'${param}' must be a JSON Schema of type object.`, { param })
  }
  return { value: fitted.value, warnings: lostKeywords(fitted.lost, param) }
}
