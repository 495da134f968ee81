import { ApiError } from '../calls/api-error.ts'
import type { Call } from '../http/call.ts'
import { modelId } from '../http/route.ts'
import { parseJson } from '../schema/parse-json.ts'
import type { Body } from './request.ts'
import { badRequest, invalidArgument } from '../wire/google-error.ts'

/** Without `strict` unknown field names are accepted. */
export function readRequest<T extends { model?: string }>(
  call: Call,
  { names, is }: Body<T>,
): { request: T; model: string } {
  const parsed = parseJson(call.text)
  if ('error' in parsed) throw new ApiError(parsed.error)
  const { value } = parsed
  if (typeof value !== 'object' || value === null || !is(value)) {
    throw new ApiError(invalidArgument('Invalid JSON payload received. Expected an object.'))
  }
  if (call.context.options.strict) rejectUnknown(Object.keys(value), names)
  const model = modelId(value.model ?? '')
  if (model === '') throw new ApiError(invalidArgument('model is not specified'))
  call.record.model = model
  return { request: value, model }
}

function rejectUnknown(given: readonly string[], names: ReadonlySet<string>): void {
  const unknown = given.find((name) => !names.has(name))
  if (unknown === undefined) return
  const description = `Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`
  throw new ApiError(invalidArgument(description, [badRequest([{ description }])]))
}
