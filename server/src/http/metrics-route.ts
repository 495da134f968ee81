import type { IncomingMessage } from 'node:http'
import type { RouteGroup } from './listener.ts'
import { answerOtherMethods } from './other-methods.ts'

export type MetricsRouteDeps = {
  readonly mayRead: (request: IncomingMessage) => boolean
  readonly contentType: string
  readonly read: () => Promise<string>
}

/** `/metrics`, for those who may read it. */
export function metricsRoute({ mayRead, contentType, read }: MetricsRouteDeps): RouteGroup {
  return (app) => {
    app.get('/metrics', async (request, reply) => {
      if (!mayRead(request.raw)) {
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
    answerOtherMethods(app, '/metrics', ['GET'])
  }
}
