import type { ChatRequest } from './chat-request.ts'
import type { FunctionCallingConfig, Tool } from '../../../google/requests/gemini-request.ts'
import { ClientError } from '../../client-error.ts'

/** How freely the model calls functions; undefined where the client leaves it to the model, or declares none. */
export function translateToolChoice(
  request: Pick<ChatRequest, 'tool_choice' | 'function_call'>,
  tools: readonly Tool[],
): FunctionCallingConfig | undefined {
  const declared = tools.flatMap(({ functionDeclarations }) => functionDeclarations ?? [])
  const names = declared.map(({ name }) => name)
  if (names.length === 0) return undefined
  const { tool_choice: choice, function_call: legacy } = request
  if (choice === null || choice === undefined) return legacyChoice(legacy, names)
  if (typeof choice === 'string') return byWord(choice)
  if (choice.type === 'function') {
    return only([choice.function.name], names, 'tool_choice.function.name')
  }
  const { mode, tools: allowed } = choice.allowed_tools
  const wanted = allowed.flatMap((tool) => tool.function?.name ?? [])
  const param = 'tool_choice.allowed_tools.tools'
  // AUTO knows no list of names; the whole list is the nearest.
  return mode === 'required' ? only(wanted, names, param) : { mode: 'AUTO' }
}

function legacyChoice(
  legacy: ChatRequest['function_call'],
  names: readonly string[],
): FunctionCallingConfig | undefined {
  if (legacy === null || legacy === undefined) return undefined
  if (typeof legacy === 'string') return byWord(legacy)
  return only([legacy.name], names, 'function_call.name')
}

function byWord(word: 'auto' | 'none' | 'required' | 'any'): FunctionCallingConfig {
  switch (word) {
    case 'auto':
      return { mode: 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
    case 'any':
      return { mode: 'ANY' }
  }
}

function only(
  wanted: readonly string[],
  names: readonly string[],
  param: string,
): FunctionCallingConfig {
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown === undefined) return { mode: 'ANY', allowedFunctionNames: wanted }
  throw new ClientError(`'${param}' names '${unknown}', which is not among the tools.`, {
    param,
  })
}
