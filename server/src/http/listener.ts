import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'

export type RouteGroup = (app: FastifyInstance) => void

/** The one port: paths are tidied, bodies are left alone until a route reads them, and every group brings its own routes. */
export function createListener(
  log: FastifyBaseLogger,
  groups: readonly RouteGroup[],
): FastifyInstance {
  const app = Fastify({
    loggerInstance: log,
    // Requests have a log of their own.
    logController: new LogController({ disableRequestLogging: true }),
    rewriteUrl: (request) => tidyPath(request.url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true },
    // Streams may be silent for minutes; what bounds them is the upstream's own idle time-out.
    requestTimeout: 0,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
  })
  app.removeAllContentTypeParsers()
  // A route reads its body itself, with its own limit and its own errors.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const group of groups) void app.register(async (scope) => group(scope))
  return app
}

/** Some SDKs join a base URL that ends in a slash to a path that begins with one. */
function tidyPath(url: string): string {
  const query = url.indexOf('?')
  const path = query === -1 ? url : url.slice(0, query)
  if (!path.includes('//')) return url
  return path.replaceAll(/\/{2,}/g, '/') + (query === -1 ? '' : url.slice(query))
}
