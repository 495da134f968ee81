import { z } from 'zod'
import { accessEndpoints, systemEndpoints } from './sessions.ts'
import { configEndpoints } from './settings.ts'
import { done, name, nothing, page, row, rows, type Endpoint } from './endpoint.ts'
import { historyEndpoints } from './stats.ts'
import { jobEndpoints } from './jobs.ts'
import { keyEndpoints, originalKeyEndpoints } from './keys.ts'
import { projectEndpoints } from './projects.ts'
import { tokenEndpoints } from './tokens.ts'

/** The admin API: method, path, input and answer, once. Handlers and clients are made from this table. */
export const endpoints = {
  ...accessEndpoints,
  ...systemEndpoints,
  ...configEndpoints,
  ...keyEndpoints,
  ...originalKeyEndpoints,
  ...jobEndpoints,
  ...projectEndpoints,
  ...tokenEndpoints,
  getLanes: {
    method: 'GET',
    path: '/api/lanes',
    help: 'Lanes with their state, learned limits, use, room, and until when. A limit of null is not known.',
    input: z.object({ ...page, lane: name, project: name }),
    answer: rows,
  },
  resetLane: {
    method: 'POST',
    path: '/api/lanes/reset',
    help: 'Opens one lane again.',
    input: z.object({ project: z.string().min(1), lane: z.string() }),
    answer: done,
  },
  getPool: {
    method: 'GET',
    path: '/api/pool',
    help: 'The pool of proven keys, under the names that the Python program gave its fields.',
    input: nothing,
    answer: row,
  },
  explain: {
    method: 'GET',
    path: '/api/explain',
    help: 'What a request for this model would meet now: candidates by state, the key it would get, and why.',
    input: z.object({
      model: z.string().min(1),
      tokens: z.coerce.number().int().min(0).default(0),
      paidOnly: z.stringbool().default(false),
    }),
    answer: row,
  },
  getDecisions: {
    method: 'GET',
    path: '/api/decisions',
    help: 'The latest 500 choices, refusals and settlements, newest first: of what candidates by state, why, and to what effect. /api/attempts knows the same of every attempt, with the candidates summed up.',
    input: z.object({ request: name }),
    answer: z.object({ decisions: z.array(row) }),
  },
  ...historyEndpoints,
} as const satisfies Record<string, Endpoint>

type Endpoints = typeof endpoints
export type EndpointName = keyof Endpoints
/** Endpoints that speak HTTP themselves, and those that answer input with JSON. */
export type RawEndpointName = {
  [N in EndpointName]: Endpoints[N] extends { readonly isRaw: true } ? N : never
}[EndpointName]
export type PlainEndpointName = Exclude<EndpointName, RawEndpointName>
export type EndpointInput<N extends EndpointName> = z.output<Endpoints[N]['input']>
export type EndpointAnswer<N extends EndpointName> = z.infer<Endpoints[N]['answer']>
