import type { RouteGroup } from './listener.ts'

/** Why the gateway cannot serve now, in one sentence; undefined when it can. */
export type Readiness = () => string | undefined

/** `/health`: the process answers. `/ready`: a request would be served. */
export function healthRoutes(readiness: Readiness): RouteGroup {
  return (app) => {
    app.get('/health', () => ({ status: 'ok' }))
    app.get('/ready', async (_request, reply) => {
      const reason = readiness()
      if (reason === undefined) return { status: 'ready' }
      return reply.code(503).send({ status: 'not ready', reason })
    })
  }
}
