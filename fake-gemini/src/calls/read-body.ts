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
import { throwIfError, ApiError } from './api-error.ts'

/** A message schema and the TypeScript type of a validated body. */
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

/** Without `strict` the body is not validated. */
export function readBody<T>(call: Call, { message, is }: Body<T>): T {
  const parsed = parseJson(call.text)
  if ('error' in parsed) throw new ApiError(parsed.error)
  if (call.context.options.strict) throwIfError(checkShape(message, parsed.value))
  if (is(parsed.value)) return parsed.value
  throw new ApiError(invalidArgument('Invalid JSON payload received. Expected an object.'))
}
