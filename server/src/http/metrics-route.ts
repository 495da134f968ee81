import { hash, timingSafeEqual } from 'node:crypto'
import { bearerOf, type Callers } from '../auth/clients/credentials.ts'
import type { RouteGroup } from './listener.ts'

export type MetricsRouteDeps = {
  readonly callers: Callers
  /** METRICS_TOKEN; empty when only the admin token opens. */
  readonly token: () => string
  readonly contentType: string
  readonly read: () => Promise<string>
}

/** `/metrics`, for whoever shows METRICS_TOKEN or the admin token as Bearer. A client token opens nothing here. */
export function metricsRoute({ callers, token, contentType, read }: MetricsRouteDeps): RouteGroup {
  return (app) => {
    app.get('/metrics', async (request, reply) => {
      const bearer = bearerOf(request.raw)
      // The metrics token first: it is no guess of the admin token.
      const isOpen =
        isSame(bearer, token()) ||
        (bearer !== undefined && callers.identify([bearer], request.raw)?.isAdmin === true)
      if (!isOpen) {
        return reply
          .code(401)
          .header('www-authenticate', 'Bearer')
          .type('text/plain; charset=utf-8')
          .send('Send METRICS_TOKEN or the admin token as Authorization: Bearer.\n')
      }
      return reply
        .header('cache-control', 'no-store')
        .type(contentType)
        .send(await read())
    })
  }
}

function isSame(offered: string | undefined, token: string): boolean {
  if (token === '' || offered === undefined) return false
  return timingSafeEqual(digestOf(offered), digestOf(token))
}

const digestOf = (text: string) => hash('sha256', text, 'buffer')
