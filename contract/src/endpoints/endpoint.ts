import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'

export type Endpoint = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly help: string
  /** The parameters of the path, and the query of a GET or the JSON body of the others. */
  readonly input: z.ZodType
  readonly answer: z.ZodType
  /** Errors that not every endpoint has. */
  readonly errors?: readonly ErrorCode[]
  /** Open to everybody; all others are for admins only. */
  readonly isPublic?: true
  /** Speaks HTTP itself: cookies, redirects, a stream. */
  readonly isRaw?: true
}

/** Every error that an endpoint may answer with. */
export function errorCodesOf(endpoint: Endpoint): readonly ErrorCode[] {
  const { method, isPublic, errors = [] } = endpoint
  const forAdmins = ['unauthorized', 'wrong_token', 'too_many_attempts'] as const
  const whereBodies = [
    'cross_origin',
    'invalid_body',
    'body_too_large',
    'unsupported_encoding',
  ] as const
  return [
    ...(isPublic === true ? [] : forAdmins),
    ...(method === 'GET' ? [] : whereBodies),
    'invalid_input',
    ...errors,
    'database_unavailable',
    'internal_error',
  ]
}
