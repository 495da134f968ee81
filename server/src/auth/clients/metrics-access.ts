import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { bearerOf, type Callers } from './credentials.ts'

export type MetricsAccessDeps = {
  readonly callers: Callers
  /** METRICS_TOKEN; empty: only the admin token may read metrics. */
  readonly token: () => string
}

/** Whether a request may read metrics: with METRICS_TOKEN or the admin token, not with a client token. */
export function createMetricsAccess({ callers, token }: MetricsAccessDeps) {
  return (request: IncomingMessage): boolean => {
    const bearer = bearerOf(request)
    if (bearer === undefined) return false
    // First, since a metrics token is no guess of the admin token.
    return isSame(bearer, token()) || callers.identify([bearer], request)?.isAdmin === true
  }
}

function isSame(sent: string, token: string): boolean {
  return token !== '' && timingSafeEqual(digestOf(sent), digestOf(token))
}

const digestOf = (text: string) => hash('sha256', text, 'buffer')
