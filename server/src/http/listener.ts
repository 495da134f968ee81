import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
} from 'fastify'
import { createServer, type IncomingMessage } from 'node:http'
import {
  connectionCheckMs,
  limitConnections,
  type ConnectionLimitsDeps,
} from './connections/connection-limits.ts'
import { newRequestId, requestIdHeader } from '../runtime/request-id.ts'
import {
  answerBadAddress,
  answerMalformed,
  reasonOf,
  type OnRefusal,
  type Refusal,
} from './refusals.ts'
import type { AnswerReason } from './client-connection.ts'
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
  readonly onRefusal: OnRefusal
}

/** The one port. The data plane answers the dialects' routes, Fastify the rest; no body is read before its route. */
export function createListener(parts: ListenerParts): FastifyInstance {
  const { log, data, credentialOf, addresses, passedOn, groups, connections, onRefusal } = parts
  const app = Fastify({
    loggerInstance: log,
    genReqId: () => newRequestId(Date.now()),
    frameworkErrors(_error, { id, raw }, { raw: response }) {
      const message = badAddress
      answerBadAddress(response, { id, message })
      const [code, status] = ['malformed_request', 400] as const
      onRefusal({ requestId: id, surface: 'none', request: raw, code, status, message })
    },
    clientErrorHandler: answerMalformed(onRefusal),
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
  app.addHook('onRequest', async (request, reply) => void reply.header(requestIdHeader, request.id))
  app.addHook('preSerialization', async (request, reply, payload) => {
    const reason = reasonOf(payload)
    if (reply.statusCode >= 400 && reason !== undefined) {
      onRefusal(refusalOf(request, reply.statusCode, reason))
    }
    return payload
  })
  app.removeAllContentTypeParsers()
  // Each route reads its body itself, with its own limit and errors.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const group of groups) void app.register(async (scope) => group(scope))
  return app
}

const badAddress = 'The address of the request is not valid. Check its escapes.'

function refusalOf(request: FastifyRequest, status: number, reason: AnswerReason): Refusal {
  const { id: requestId, raw } = request
  const surface = request.is404 ? 'none' : 'admin'
  return { requestId, surface, request: raw, status, ...reason }
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
