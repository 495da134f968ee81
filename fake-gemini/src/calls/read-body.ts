import type { Call } from '../http/call.ts'
import { checkShape } from '../schema/check-shape.ts'
import { parseJson } from '../schema/parse-json.ts'
import * as schema from '../schema/request-schema.ts'
import type { Message } from '../schema/request-schema.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type {
  BatchEmbedContentsRequest,
  CountTokensRequest,
  EmbedContentRequest,
  GenerateContentRequest,
} from '../wire/request.ts'
import { refuseIf, Refusal } from './refusal.ts'

/** A message and the type that a body has once it went through the shape check. */
export type Body<T> = { message: Message; is: (value: unknown) => value is T }

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const generateContentBody: Body<GenerateContentRequest> = {
  message: schema.generateContentRequest,
  is: (value): value is GenerateContentRequest => isObject(value),
}
export const countTokensBody: Body<CountTokensRequest> = {
  message: schema.countTokensRequest,
  is: (value): value is CountTokensRequest => isObject(value),
}
export const embedContentBody: Body<EmbedContentRequest> = {
  message: schema.embedContentRequest,
  is: (value): value is EmbedContentRequest => isObject(value),
}
export const batchEmbedContentsBody: Body<BatchEmbedContentsRequest> = {
  message: schema.batchEmbedContentsRequest,
  is: (value): value is BatchEmbedContentsRequest => isObject(value),
}

/** Parses the body once. A lenient server takes the client's word for its shape. */
export function readBody<T>(call: Call, { message, is }: Body<T>): T {
  const parsed = parseJson(call.text)
  if ('error' in parsed) throw new Refusal(parsed.error)
  if (call.world.options.strict) refuseIf(checkShape(message, parsed.value))
  if (is(parsed.value)) return parsed.value
  throw new Refusal(invalidArgument('Invalid JSON payload received. Expected an object.'))
}
