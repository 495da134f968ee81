import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { createServer } from 'node:http'
import { createDataPlane, everyMethod, type DataRoute, type RawHandler } from './data-plane.ts'

export type RouteGroup = (app: FastifyInstance) => void

export type ListenerParts = {
  readonly log: FastifyBaseLogger
  /** What clients call. */
  readonly data: readonly DataRoute[]
  /** Paths among those of clients that are answered by the groups all the same. */
  readonly passedOn: readonly string[]
  /** Everything else: pages, the admin API, health. */
  readonly groups: readonly RouteGroup[]
}

/** The one port: paths are tidied, bodies are left alone until a route reads them; what is not of the data plane is Fastify's. */
export function createListener({ log, data, passedOn, groups }: ListenerParts): FastifyInstance {
  const app = Fastify({
    loggerInstance: log,
    // Requests have a log of their own.
    logController: new LogController({ disableRequestLogging: true }),
    serverFactory(fastify) {
      const answer = createDataPlane([...data, ...ours(passedOn, fastify)], fastify)
      // Streams may be silent for minutes; what bounds them is the upstream's own idle time-out.
      const timeouts = { requestTimeout: 0, keepAliveTimeout: 75_000 }
      return createServer(timeouts, (request, response) => {
        request.url = tidyPath(request.url ?? '/')
        answer(request, response)
      })
    },
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
  })
  app.removeAllContentTypeParsers()
  // A route reads its body itself, with its own limit and its own errors.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const group of groups) void app.register(async (scope) => group(scope))
  return app
}

function ours(paths: readonly string[], handle: RawHandler): DataRoute[] {
  const methods = [...everyMethod, 'OPTIONS' as const]
  return [...new Set(paths)].map((path) => ({ methods, path, handle, isOwnOnly: true }))
}

/** Some SDKs join a base URL that ends in a slash to a path that begins with one. */
function tidyPath(url: string): string {
  const slashes = url.indexOf('//')
  if (slashes === -1) return url
  const query = url.indexOf('?')
  if (query !== -1 && slashes > query) return url
  const path = query === -1 ? url : url.slice(0, query)
  return path.replaceAll(/\/{2,}/g, '/') + (query === -1 ? '' : url.slice(query))
}
