import type { Call } from '../http/call.ts'
import { checkShape } from '../schema/check-shape.ts'
import { parseJson } from '../schema/parse-json.ts'
import type { Message } from '../schema/request-schema.ts'
import { refuseIf, Refusal } from './refusal.ts'

/** Parses the body once; unless the server is lenient, it then has the message's shape. */
export function readBody<T extends object>(call: Call, message: Message): T {
  const parsed = parseJson(call.text)
  if ('error' in parsed) throw new Refusal(parsed.error)
  if (call.world.options.strict) refuseIf(checkShape(message, parsed.value))
  // The shape check has established what the type says; a lenient server takes the client's word.
  return parsed.value as T
}
