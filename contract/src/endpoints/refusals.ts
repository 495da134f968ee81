import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { laterRows, moment, momentInput, name, pageSize, rowId, type View } from './shapes.ts'

const refusalView = z.object({
  id: z.number(),
  at: moment,
  /** Absent where several are counted in `leftOut`. */
  requestId: z.string().optional(),
  /** A dialect, `admin`, or `none` where nothing is served. */
  surface: z.string(),
  method: z.string(),
  path: z.string(),
  code: z.string(),
  status: z.number(),
  /** The id of a client token, and its name. */
  caller: z.string().optional(),
  callerName: z.string().optional(),
  address: z.string(),
  /** As the client was told. */
  message: z.string(),
  /** How many others of this code were counted and not written. */
  leftOut: z.number(),
})
export type RefusalView = View<typeof refusalView>

/** What the gateway refused by its own rules. */
export const refusalEndpoints = {
  listRefusals: {
    method: 'GET',
    path: '/api/refusals',
    help: 'Requests that the gateway refused by its own rules, the last written first. Of many alike the first are written, and leftOut counts the others.',
    input: z.object({
      requestId: name,
      code: name,
      surface: name,
      caller: name,
      from: momentInput.optional(),
      to: momentInput.optional(),
      limit: pageSize.default(100),
      before: rowId.optional(),
    }),
    answer: laterRows(refusalView),
  },
} as const satisfies Record<string, Endpoint>
