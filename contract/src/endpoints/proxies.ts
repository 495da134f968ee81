import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { moment, nothing } from './shapes.ts'

const proxyView = z.object({
  proxy: z.string(),
  state: z.enum(['up', 'down']),
  /** When it is tried again. */
  until: moment.optional(),
  /** In a row. */
  failures: z.number(),
  answers: z.number(),
  /** Why the last call through it failed. */
  message: z.string().optional(),
})

/** The proxies in use. */
export const proxyEndpoints = {
  listProxies: {
    method: 'GET',
    path: '/api/proxies',
    help: 'The proxies in use, whether they work, and when a failed one is tried again. Passwords are masked.',
    input: nothing,
    answer: z.object({ rows: z.array(proxyView) }),
  },
} as const satisfies Record<string, Endpoint>
