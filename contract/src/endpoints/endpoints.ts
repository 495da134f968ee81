import type { z } from 'zod'
import { attemptEndpoints } from './attempts.ts'
import { auditEndpoints } from './audit.ts'
import { compatEndpoints } from './compat.ts'
import type { Endpoint } from './endpoint.ts'
import { jobEndpoints } from './jobs.ts'
import { keyEndpoints } from './keys.ts'
import { laneEndpoints } from './lanes.ts'
import { priceEndpoints } from './prices.ts'
import { projectEndpoints } from './projects.ts'
import { proxyEndpoints } from './proxies.ts'
import { refusalEndpoints } from './refusals.ts'
import { sessionEndpoints } from './sessions.ts'
import { settingsEndpoints } from './settings.ts'
import type { View } from './shapes.ts'
import { statsEndpoints } from './stats.ts'
import { systemEndpoints } from './system.ts'
import { tokenEndpoints } from './tokens.ts'

/** The admin API: method, path, input, answer and errors, once. Handlers and clients are made from this table. */
export const endpoints = {
  ...sessionEndpoints,
  ...systemEndpoints,
  ...settingsEndpoints,
  ...auditEndpoints,
  ...proxyEndpoints,
  ...keyEndpoints,
  ...jobEndpoints,
  ...projectEndpoints,
  ...laneEndpoints,
  ...tokenEndpoints,
  ...attemptEndpoints,
  ...refusalEndpoints,
  ...statsEndpoints,
  ...priceEndpoints,
  ...compatEndpoints,
} as const satisfies Record<string, Endpoint>

type Endpoints = typeof endpoints
export type EndpointName = keyof Endpoints
/** Endpoints that speak HTTP themselves, and those that answer input with JSON. */
export type RawEndpointName = {
  [N in EndpointName]: Endpoints[N] extends { readonly isRaw: true } ? N : never
}[EndpointName]
export type PlainEndpointName = Exclude<EndpointName, RawEndpointName>
export type EndpointInput<N extends EndpointName> = z.output<Endpoints[N]['input']>
export type EndpointAnswer<N extends EndpointName> = View<Endpoints[N]['answer']>
