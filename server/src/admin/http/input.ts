import { fieldOf, inputProblems } from '@gemini-balance/contract'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { BodyError, readBody } from '../../http/request-body.ts'

export type InputProblem = { readonly field: string; readonly problem: string }

/** An input that does not fit its endpoint, field by field. */
export class InputError extends Error {
  readonly problems: readonly InputProblem[]

  constructor(problems: readonly InputProblem[], more = 0) {
    const lines = problems.map(({ field, problem }) => `${field} ${problem}.`)
    super([...lines, ...(more > 0 ? [`${more} more fields are wrong.`] : [])].join('\n'))
    this.name = 'InputError'
    this.problems = problems
  }
}

/** Enough for every admin request. */
const bodyLimitBytes = 4 * 1024 * 1024

/** Path, query and body as the endpoint reads them. Rejects with an InputError or a BodyError. */
export async function readInput<S extends z.ZodType>(
  request: FastifyRequest,
  schema: S,
): Promise<z.output<S>> {
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
  const body = hasBody ? await readBodyOf(request) : {}
  const input = withAddress(body, request)
  const read = schema.safeParse(input)
  if (read.success) return read.data
  const { problems, more } = inputProblems(read.error, input)
  throw new InputError(
    problems.map(({ path, problem }) => ({
      field: path.length === 0 ? 'body' : fieldOf(path),
      problem,
    })),
    more,
  )
}

function withAddress(body: unknown, { query, params }: FastifyRequest): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  return { ...objectOf(query), ...body, ...objectOf(params) }
}

const objectOf = (value: unknown): object =>
  typeof value === 'object' && value !== null ? value : {}

async function readBodyOf(request: FastifyRequest): Promise<unknown> {
  const text = (await readWhole(request)).toString('utf8')
  if (text === '') return {}
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('application/x-www-form-urlencoded') && request.url.startsWith('/auth')) {
    return Object.fromEntries(new URLSearchParams(text))
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new BodyError(400, 'The body must be JSON.', { cause })
  }
}

async function readWhole({ raw }: FastifyRequest): Promise<Buffer> {
  try {
    return await readBody(raw, bodyLimitBytes)
  } catch (cause) {
    if (!(cause instanceof BodyError) || cause.status !== 413) throw cause
    throw new BodyError(413, 'The body is larger than 4 MiB. Send less at a time.', { cause })
  }
}
