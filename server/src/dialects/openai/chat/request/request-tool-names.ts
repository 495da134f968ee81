import { createToolNames, type ToolNames } from '../../../translate/tool-names.ts'
import { callsOf } from './assistant-parts.ts'
import type { ChatRequest } from './chat-request.ts'
import { declaredFunctions } from './tools.ts'

/** The names of all functions that a request declares or has called. */
export function requestToolNames(
  request: Pick<ChatRequest, 'tools' | 'functions' | 'messages'>,
): ToolNames {
  const declared = declaredFunctions(request).map(({ tool }) => tool.name)
  const called = request.messages.flatMap((message) =>
    message.role === 'assistant' || message.role === 'model'
      ? callsOf(message).map((call) => call.function.name)
      : [],
  )
  return createToolNames([...declared, ...called])
}
