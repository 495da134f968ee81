import type { Model } from '../models.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { FunctionDeclaration, GenerateContentRequest, Tool } from '../wire/request.ts'
import { jsonSchemaProblems } from './check-json-schema.ts'
import { schemaProblems } from './check-schema.ts'

const maxDeclarations = 512
const builtIn = [
  'googleSearch',
  'googleSearchRetrieval',
  'codeExecution',
  'urlContext',
  'fileSearch',
  'googleMaps',
  'computerUse',
] as const satisfies readonly (keyof Tool)[]

const namePattern = /^[A-Za-z_][A-Za-z0-9_.:-]*$/
const maxNameLength = (model: Model): number => (model.generation < 3 ? 64 : 128)

export function checkTools(request: GenerateContentRequest, model: Model): GoogleError | undefined {
  const tools = request.tools ?? []
  const declarations = tools.flatMap((tool) => tool.functionDeclarations ?? [])
  const problem =
    declarationProblem(tools, model) ??
    combinationProblem(request, { declarations, tools, model }) ??
    configProblem(request, declarations)
  return problem === undefined ? undefined : invalidArgument(problem)
}

function declarationProblem(tools: readonly Tool[], model: Model): string | undefined {
  const problems: string[] = []
  const names = new Set<string>()
  for (const [index, tool] of tools.entries()) {
    for (const [place, declaration] of (tool.functionDeclarations ?? []).entries()) {
      const path = `GenerateContentRequest.tools[${index}].function_declarations[${place}]`
      problems.push(...problemsOf(declaration, path, model))
      const { name = '' } = declaration
      if (names.has(name)) return `Duplicate function declaration found: ${name}`
      names.add(name)
    }
  }
  if (names.size > maxDeclarations) {
    return `At most ${maxDeclarations} function declarations can be specified, got ${names.size}.`
  }
  return problems.length > 0 ? problems.map((line) => `* ${line}\n`).join('') : undefined
}

function problemsOf(declaration: FunctionDeclaration, path: string, model: Model): string[] {
  const { name = '', parameters, parametersJsonSchema, response } = declaration
  const problems: string[] = []
  if (!namePattern.test(name) || name.length > maxNameLength(model)) {
    problems.push(
      `${path}.name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of ${maxNameLength(model)}.`,
    )
  }
  if (parameters && parametersJsonSchema !== undefined) {
    problems.push(
      `${path}.parameters_json_schema: parameters and parameters_json_schema are mutually exclusive`,
    )
  }
  if (parameters?.type !== undefined && parameters.type !== 'OBJECT') {
    problems.push(`${path}.parameters: parameters schema should be of type OBJECT`)
  }
  if (parameters) problems.push(...schemaProblems(parameters, `${path}.parameters`))
  if (parametersJsonSchema !== undefined) {
    problems.push(...jsonSchemaProblems(parametersJsonSchema, `${path}.parameters_json_schema`))
  }
  if (response) problems.push(...schemaProblems(response, `${path}.response`))
  return problems
}

type ToolContext = {
  declarations: readonly FunctionDeclaration[]
  tools: readonly Tool[]
  model: Model
}

function combinationProblem(
  request: GenerateContentRequest,
  { declarations, tools, model }: ToolContext,
): string | undefined {
  if (request.cachedContent !== undefined) {
    const conflicting = request.systemInstruction ?? request.tools ?? request.toolConfig
    if (conflicting) {
      return 'CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request.'
    }
  }
  const old = model.generation < 3
  const mimeType = request.generationConfig?.responseMimeType
  const hasBuiltIn = tools.some((tool) => builtIn.some((name) => tool[name]))
  if (declarations.length === 0) {
    return old && hasBuiltIn && mimeType === 'application/json'
      ? "Tool use with a response mime type: 'application/json' is unsupported"
      : undefined
  }
  if (old && hasBuiltIn) return 'Tool use with function calling is unsupported'
  const mode = request.toolConfig?.functionCallingConfig?.mode
  if (mimeType === 'application/json' && (old || mode === 'ANY')) {
    return "Function calling with a response mime type: 'application/json' is unsupported"
  }
  return undefined
}

function configProblem(
  request: GenerateContentRequest,
  declarations: readonly FunctionDeclaration[],
): string | undefined {
  const config = request.toolConfig?.functionCallingConfig
  if (!config || request.cachedContent !== undefined) return undefined
  const { mode = 'AUTO', allowedFunctionNames = [] } = config
  if (mode === 'ANY' && declarations.length === 0) {
    return 'Function calling config is set without function_declarations.'
  }
  if (allowedFunctionNames.length > 0 && mode !== 'ANY' && mode !== 'VALIDATED') {
    return 'Function calling config allowed_function_names can only be set when the mode is ANY or VALIDATED.'
  }
  const declared = new Set(declarations.map(({ name }) => name))
  const unknown = allowedFunctionNames.find((name) => !declared.has(name))
  if (unknown === undefined) return undefined
  return `Function calling config allowed_function_names contains a name that is not declared: ${unknown}`
}
