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
  /** Answers 405 in the form of its clients. */
  readonly refuseMethod?: (
    request: IncomingMessage,
    response: ServerResponse,
    allow: string,
  ) => void
  /** Without CORS headers: pages of other origins may not call it. */
  readonly isOwnOnly?: true
}

export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void

export const everyMethod: readonly HTTPMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** What addresses mean that no route matches. */
export type Addresses = {
  /** The path that is served instead of the one that was typed. */
  servedPath(path: string, request: IncomingMessage): string | undefined
  /** Answers 404 in the form of the clients that the path is for; undefined where it may be no client's. */
  refuserOfPath(path: string, request: IncomingMessage): RawHandler | undefined
  /** The same for a path that nobody serves, by the credential. */
  refuserOfClient(path: string, request: IncomingMessage): RawHandler | undefined
}

export type DataPlaneOptions = {
  readonly routes: readonly DataRoute[]
  readonly addresses: Addresses
  /** The kind of credential of a request, as `credential` of a route names it. */
  readonly credentialOf: (request: IncomingMessage) => string
  /** Handles requests that match no route. */
  readonly otherwise: RawHandler
}

/** Routes requests with Fastify's router but without Fastify, which is a tenth of a request's cost. */
export function createDataPlane(options: DataPlaneOptions): RawHandler {
  const { routes, credentialOf, otherwise } = options
  const known = createKnownPaths(options)
  const router = findMyWay({
    ...routing(credentialOf),
    defaultRoute: (request, response) => {
      const typed = pathOf(request)
      const path = options.addresses.servedPath(typed, request) ?? typed
      if (path === typed) return known(request, response)
      request.url = path + (request.url ?? '').slice(typed.length)
      router.lookup(request, response)
    },
    // Fastify answers malformed paths.
    onBadUrl: (_path, request, response) => otherwise(request, response),
  })
  for (const { methods, path, credential, handle, isOwnOnly } of routes) {
    const answer = isOwnOnly ? handle : withCors(handle)
    router.on(withHead(methods), path, constrainedTo(credential), (request, response) =>
      answer(request, response),
    )
  }
  const open = routes.filter(({ isOwnOnly }) => isOwnOnly !== true).map(({ path }) => path)
  for (const path of new Set(open)) router.on('OPTIONS', path, answerPreflight)
  return (request, response) => router.lookup(request, response)
}

/** Answers requests that match no route: 405 where their path has other methods, else 404. */
function createKnownPaths({ routes, credentialOf, addresses, otherwise }: DataPlaneOptions) {
  const router = findMyWay(routing(credentialOf))
  const seen = new Set<string>()
  for (const { path, credential, refuseMethod } of routes) {
    const name = `${path} ${credential ?? ''}`
    if (refuseMethod === undefined || seen.has(name)) continue
    seen.add(name)
    const taken = routes
      .filter((one) => one.path === path && one.credential === credential)
      .flatMap(({ methods }) => withHead(methods))
    const allow = [...new Set([...taken, 'OPTIONS'])].join(', ')
    const refuse = withCors((request, response) => refuseMethod(request, response, allow))
    router.on('GET', path, constrainedTo(credential), (request, response) =>
      refuse(request, response),
    )
  }
  return (request: IncomingMessage, response: ServerResponse): void => {
    const path = pathOf(request)
    const found = router.find('GET', path, { credential: credentialOf(request) })
    if (found !== null) return void found.handler(request, response, {}, undefined, {})
    const refuse = addresses.refuserOfPath(path, request)
    if (refuse === undefined) return otherwise(request, response)
    if (request.method === 'OPTIONS') return answerPreflight(request, response)
    withCors(refuse)(request, response)
  }
}

const routing = (credentialOf: DataPlaneOptions['credentialOf']) => ({
  ignoreTrailingSlash: true,
  querystringParser: () => ({}),
  constraints: {
    credential: {
      name: 'credential',
      storage: createHandlerStorage,
      deriveConstraint: credentialOf,
    },
  },
})

const constrainedTo = (credential: string | undefined) => ({
  constraints: credential === undefined ? {} : { credential },
})

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

/** Node sends no body to a HEAD request, and all headers. */
function withHead(methods: readonly HTTPMethod[]): HTTPMethod[] {
  return methods.includes('GET') && !methods.includes('HEAD') ? [...methods, 'HEAD'] : [...methods]
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
