import { inputProblems, paramOf } from '@gemini-balance/contract'
import type { z } from 'zod'
import { ClientError } from '../client-error.ts'

/** Parses a body with a schema. Throws ClientError with the path of the invalid field. */
export function readRequest<T>(schema: z.ZodType<T>, body: Buffer): T {
  return checkRequest(schema, parseJson(body))
}

export function checkRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const [first] = inputProblems(read.error, value).problems
  const problem = first?.problem ?? 'cannot be used'
  const param = paramOf(first?.path ?? [])
  throw new ClientError(
    param === '' ? `The request body ${problem}.` : `Invalid '${param}': ${problem}.`,
    { ...(param === '' ? {} : { param }), problem: 'invalid_value' },
  )
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new ClientError('The request body must be valid JSON.', { cause })
  }
}
