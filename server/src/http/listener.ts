import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { createServer, type IncomingMessage } from 'node:http'
import {
  connectionCheckMs,
  limitConnections,
  type ConnectionLimitsDeps,
} from './connection-limits.ts'
import {
  createDataPlane,
  everyMethod,
  type Addresses,
  type DataRoute,
  type RawHandler,
} from './data-plane.ts'

export type RouteGroup = (app: FastifyInstance) => void

export type ListenerParts = {
  readonly log: FastifyBaseLogger
  /** Routes of the dialects. */
  readonly data: readonly DataRoute[]
  /** The kind of credential of a request: tells dialects apart that share a path. */
  readonly credentialOf: (request: IncomingMessage) => string
  readonly addresses: Addresses
  /** Paths that a route of `data` would match but that belong to the groups. */
  readonly passedOn: readonly string[]
  /** Pages, the admin API, health, metrics. */
  readonly groups: readonly RouteGroup[]
  readonly connections: ConnectionLimitsDeps
}

/** The one port. The data plane answers the dialects' routes, Fastify the rest; no body is read before its route. */
export function createListener(parts: ListenerParts): FastifyInstance {
  const { log, data, credentialOf, addresses, passedOn, groups, connections } = parts
  const app = Fastify({
    loggerInstance: log,
    // The request log is ours.
    logController: new LogController({ disableRequestLogging: true }),
    serverFactory(fastify) {
      const answer = createDataPlane({
        routes: [...data, ...routesTo(fastify, passedOn)],
        credentialOf,
        addresses,
        otherwise: fastify,
      })
      // Streams may be silent for minutes, and uploads may take hours.
      const timeouts = {
        requestTimeout: 0,
        headersTimeout: connections.limits().headersMs,
        connectionsCheckingInterval: connections.checkEveryMs ?? connectionCheckMs,
        keepAliveTimeout: 75_000,
      }
      const server = createServer(timeouts, (request, response) => {
        request.url = tidyPath(request.url ?? '/')
        answer(request, response)
      })
      limitConnections(server, connections)
      return server
    },
    // Ids of projects may be long.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
    forceCloseConnections: 'idle',
    exposeHeadRoutes: true,
  })
  app.removeAllContentTypeParsers()
  // Each route reads its body itself, with its own limit and errors.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const group of groups) void app.register(async (scope) => group(scope))
  return app
}

function routesTo(handle: RawHandler, paths: readonly string[]): DataRoute[] {
  const methods = [...everyMethod, 'HEAD' as const, 'OPTIONS' as const]
  return [...new Set(paths)].map((path) => ({ methods, path, handle, isOwnOnly: true }))
}

const slash = 47

/** Some SDKs append a path that begins with a slash to a base URL that ends with one, and people end addresses with a slash. */
function tidyPath(url: string): string {
  const query = url.indexOf('?')
  const end = query === -1 ? url.length : query
  const slashes = url.indexOf('//')
  const isTidy = url.charCodeAt(0) === slash && (end === 1 || url.charCodeAt(end - 1) !== slash)
  if (isTidy && (slashes === -1 || slashes > end)) return url
  const path = url
    .slice(0, end)
    // Proxies may send a whole URL.
    .replace(/^https?:\/\/[^/]*/i, '')
    .replaceAll(/\/{2,}/g, '/')
  const tidy = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  return (tidy === '' ? '/' : tidy) + url.slice(end)
}
