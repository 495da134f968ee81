import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { nothing } from './shapes.ts'

/** The gateway as a whole. */
export const systemEndpoints = {
  getOpenApi: {
    method: 'GET',
    path: '/api/openapi.json',
    help: 'The admin API as an OpenAPI 3.1 document.',
    input: nothing,
    answer: z.record(z.string(), z.unknown()),
  },
  getEvents: {
    method: 'GET',
    path: '/api/events',
    help: 'Live events as server-sent events: engine, settings, job, counters (every second), dropped (how many a slow reader missed). The stream ends with the session.',
    input: nothing,
    answer: nothing,
    errors: ['too_many_streams'],
    isRaw: true,
  },
} as const satisfies Record<string, Endpoint>
