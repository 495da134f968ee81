import type { FunctionCall, FunctionDeclaration, GenerateContentRequest } from '../wire/request.ts'
import { hasFunctionResponse } from './last-user-text.ts'
import { sampleValue } from './sample-value.ts'

function isNamedIn(text: string, name: string): boolean {
  const lower = text.toLowerCase()
  const wanted = name.toLowerCase()
  return lower.includes(wanted) || lower.includes(wanted.replaceAll('_', ' '))
}

function callOf(declaration: FunctionDeclaration): FunctionCall {
  const schema = declaration.parametersJsonSchema ?? declaration.parameters
  const args = schema === undefined ? {} : sampleValue(schema)
  return {
    name: declaration.name ?? '',
    args: typeof args === 'object' && args !== null ? { ...args } : {},
  }
}

/**
 * Calls the functions named in the user's text. In mode ANY, calls all allowed functions if none is
 * named. Never calls right after a function response.
 */
export function functionCalls(request: GenerateContentRequest, text: string): FunctionCall[] {
  if (!request.tools || hasFunctionResponse(request.contents?.at(-1))) return []
  const { mode = 'AUTO', allowedFunctionNames = [] } =
    request.toolConfig?.functionCallingConfig ?? {}
  if (mode === 'NONE') return []
  const allowed = request.tools
    .flatMap((tool) => tool.functionDeclarations ?? [])
    .filter(
      ({ name }) => allowedFunctionNames.length === 0 || allowedFunctionNames.includes(name ?? ''),
    )
  const named = allowed.filter(({ name }) => name !== undefined && isNamedIn(text, name))
  const chosen = named.length === 0 && mode === 'ANY' ? allowed : named
  return chosen.map(callOf)
}
