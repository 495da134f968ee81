import type { RouteGroup } from './listener.ts'
import { answerOtherMethods } from './other-methods.ts'

/** Why the gateway cannot serve requests now; undefined when it can. */
export type Readiness = () => string | undefined

/** `/health`: the process runs. `/ready`: it can serve requests. */
export function healthRoutes(readiness: Readiness): RouteGroup {
  return (app) => {
    app.get('/health', () => ({ status: 'ok' }))
    app.get('/ready', async (_request, reply) => {
      const reason = readiness()
      if (reason === undefined) return { status: 'ready' }
      return reply.code(503).send({ status: 'not ready', reason })
    })
    for (const path of ['/health', '/ready']) answerOtherMethods(app, path, ['GET'])
  }
}
