import type { ChatRequest } from './chat-request.ts'
import type { FunctionCallingConfig, Tool } from '../../../../google/requests/gemini-request.ts'
import { ClientError } from '../../../client-error.ts'
import type { ToolNames } from '../../../translate/tool-names.ts'

/** The function-calling mode; undefined by default, or without declared functions. */
export function translateToolChoice(
  request: Pick<ChatRequest, 'tool_choice' | 'function_call'>,
  tools: readonly Tool[],
  toolNames: ToolNames,
): FunctionCallingConfig | undefined {
  const declared = tools.flatMap(({ functionDeclarations }) => functionDeclarations ?? [])
  const names = declared.map(({ name }) => toolNames.toClient(name))
  if (names.length === 0) return undefined
  const config = configOf(request, names)
  if (config?.allowedFunctionNames === undefined) return config
  const { mode, allowedFunctionNames: allowed } = config
  return { mode, allowedFunctionNames: allowed.map(toolNames.toGemini) }
}

/** The mode with the client's names. */
function configOf(
  request: Pick<ChatRequest, 'tool_choice' | 'function_call'>,
  names: readonly string[],
): FunctionCallingConfig | undefined {
  const { tool_choice: choice, function_call: legacy } = request
  if (choice === null || choice === undefined) return legacyChoice(legacy, names)
  if (typeof choice === 'string') return modeOf(choice)
  if (choice.type === 'function') {
    return forced([choice.function.name], names, 'tool_choice.function.name')
  }
  const { mode, tools: allowed } = choice.allowed_tools
  const allowedNames = allowed.flatMap((tool) => tool.function?.name ?? [])
  const param = 'tool_choice.allowed_tools.tools'
  // AUTO does not support a list of names.
  return mode === 'required' ? forced(allowedNames, names, param) : { mode: 'AUTO' }
}

function legacyChoice(
  legacy: ChatRequest['function_call'],
  names: readonly string[],
): FunctionCallingConfig | undefined {
  if (legacy === null || legacy === undefined) return undefined
  if (typeof legacy === 'string') return modeOf(legacy)
  return forced([legacy.name], names, 'function_call.name')
}

function modeOf(choice: 'auto' | 'none' | 'required' | 'any'): FunctionCallingConfig {
  switch (choice) {
    case 'auto':
      return { mode: 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
    case 'any':
      return { mode: 'ANY' }
  }
}

function forced(
  allowedNames: readonly string[],
  names: readonly string[],
  param: string,
): FunctionCallingConfig {
  const unknown = allowedNames.find((name) => !names.includes(name))
  if (unknown === undefined) return { mode: 'ANY', allowedFunctionNames: allowedNames }
  throw new ClientError(`'${param}' names '${unknown}', which is not in 'tools'.`, {
    param,
  })
}
