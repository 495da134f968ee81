import { z } from 'zod'

export type Endpoint = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly help: string
  /** What is sent: what stands in the path, and the query of a GET or the JSON body of the others. */
  readonly input: z.ZodType
  readonly answer: z.ZodType
  /** For everybody; all others are for admins only. */
  readonly isPublic?: true
  /** Speaks HTTP itself: cookies, redirects, a stream. */
  readonly isRaw?: true
}

export const nothing = z.object({})
export const page = {
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
}
export const name = z.string().min(1).optional()
export const row = z.record(z.string(), z.unknown())
/** Rows are the server's own; `total` counts all that match. */
export const rows = z.object({ total: z.number(), rows: z.array(row) })
/** Rows, latest first; `next` is the `before` of the page after. */
export const laterRows = z.object({ rows: z.array(row), next: z.number().optional() })
export const done = z.object({ done: z.boolean() })
