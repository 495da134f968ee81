import findMyWay, {
  type ConstraintStrategy,
  type Handler,
  type HTTPMethod,
  type HTTPVersion,
} from 'find-my-way'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { newRequestId, requestIdHeader } from '../runtime/request-id.ts'
import { corsHeaders, preflightHeaders } from './cors.ts'

/** A route that clients call. Its handler reads the request and writes the response itself. */
export type DataRoute = {
  readonly methods: readonly HTTPMethod[]
  /** `*` at the end matches any rest. */
  readonly path: string
  /** Set where dialects share a path: the route takes clients with this kind of credential. */
  readonly credential?: string
  readonly handle: RawHandler
  /** Without CORS headers: pages of other origins may not call it. */
  readonly isOwnOnly?: true
}

export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void

export const everyMethod: readonly HTTPMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export type DataPlaneOptions = {
  readonly routes: readonly DataRoute[]
  /** The kind of credential of a request, as `credential` of a route names it. */
  readonly credentialOf: (request: IncomingMessage) => string
  /** Handles requests that match no route. */
  readonly otherwise: RawHandler
}

/** Routes requests with Fastify's router but without Fastify, which is a tenth of a request's cost. */
export function createDataPlane({ routes, credentialOf, otherwise }: DataPlaneOptions): RawHandler {
  const router = findMyWay({
    ignoreTrailingSlash: true,
    defaultRoute: otherwise,
    // Fastify answers malformed paths.
    onBadUrl: (_path, request, response) => otherwise(request, response),
    querystringParser: () => ({}),
    constraints: {
      credential: {
        name: 'credential',
        storage: createHandlerStorage,
        deriveConstraint: credentialOf,
      },
    },
  })
  for (const { methods, path, credential, handle, isOwnOnly } of routes) {
    const constraints = credential === undefined ? {} : { credential }
    const answer = isOwnOnly ? handle : withCors(handle)
    router.on([...methods], path, { constraints }, (request, response) => answer(request, response))
  }
  const open = routes.filter(({ isOwnOnly }) => isOwnOnly !== true).map(({ path }) => path)
  for (const path of new Set(open)) router.on('OPTIONS', path, answerPreflight)
  return (request, response) => router.lookup(request, response)
}

function withCors(handle: RawHandler): RawHandler {
  return (request, response) => {
    if (request.headers.origin !== undefined) {
      for (const [name, value] of Object.entries(corsHeaders)) response.setHeader(name, value)
    }
    handle(request, response)
  }
}

const answerPreflight: RawHandler = ({ headers }, response) => {
  const requestId = newRequestId(Date.now())
  response.writeHead(204, { [requestIdHeader]: requestId, ...preflightHeaders(headers) }).end()
}

type Storage = ReturnType<ConstraintStrategy<HTTPVersion.V1>['storage']>

/** A kind of credential without a route of its own gets the route without a constraint. */
function createHandlerStorage(): Storage {
  const handlers = new Map<string, Handler<HTTPVersion.V1>>()
  return {
    get: (kind) => handlers.get(kind) ?? null,
    set(kind, handler) {
      handlers.set(kind, handler)
    },
  }
}
