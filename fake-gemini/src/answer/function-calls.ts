import type { FunctionCall, FunctionDeclaration, GenerateContentRequest } from '../wire/request.ts'
import { hasFunctionResponse } from './last-words.ts'
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
 * Which functions the model calls: those named in the user's text. With mode ANY it calls every
 * allowed one when none is named. It never calls right after a function response.
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
