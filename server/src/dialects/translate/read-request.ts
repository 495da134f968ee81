import type { z } from 'zod'
import { ClientError } from '../client-error.ts'

/** Parses a body with a schema. Throws ClientError with the path of the invalid field. */
export function readRequest<T>(schema: z.ZodType<T>, body: Buffer): T {
  return checkRequest(schema, parseJson(body))
}

export function checkRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const { path, message } = deepest(read.error.issues)
  const param = pathText(path)
  throw new ClientError(param === '' ? message : `Invalid '${param}': ${message}.`, {
    ...(param === '' ? {} : { param }),
    problem: 'invalid_value',
  })
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new ClientError('The request body must be valid JSON.', { cause })
  }
}

type SchemaIssue = { readonly path: readonly PropertyKey[]; readonly message: string }

/** The deepest issue is the most specific: a union itself reports only that no member matches. */
function deepest(issues: readonly z.core.$ZodIssue[]): SchemaIssue {
  let found: SchemaIssue = { path: [], message: 'The request does not have the expected shape' }
  for (const issue of issues) {
    const inner = issue.code === 'invalid_union' ? issue.errors.flatMap(inUnion) : []
    const candidates: SchemaIssue[] = [
      { path: issue.path, message: issue.message },
      ...inner.map(({ path, message }) => ({ path: [...issue.path, ...path], message })),
    ]
    for (const one of candidates) {
      if (one.path.length > found.path.length || found.path.length === 0) found = one
    }
  }
  return found
}

function inUnion(issues: z.core.$ZodIssue[]): SchemaIssue[] {
  return issues.length === 0 ? [] : [deepest(issues)]
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
    )
    .join('')
}
