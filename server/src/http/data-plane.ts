import findMyWay, {
  type ConstraintStrategy,
  type Handler,
  type HTTPMethod,
  type HTTPVersion,
} from 'find-my-way'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { openToPages, preflightAnswer } from './cors.ts'
import { credentialKind, type CredentialKind } from '../dialects/credential-kind.ts'

/** A route that clients of Gemini, OpenAI or Anthropic call: it reads and answers by itself, from the first byte to the last. */
export type DataRoute = {
  readonly methods: readonly HTTPMethod[]
  /** `*` at its end stands for whatever follows. */
  readonly path: string
  /** Set where dialects share a path: for clients with this kind of credential. */
  readonly credential?: CredentialKind
  readonly handle: RawHandler
  /** Pages of other origins may call it, unless it says otherwise. */
  readonly isOwnOnly?: true
}

/** What Node calls for a request. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void

export const everyMethod: readonly HTTPMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Finds the route of a request with the router that Fastify uses, and without the rest of it: that is a tenth of a request's cost. */
export function createDataPlane(routes: readonly DataRoute[], otherwise: RawHandler): RawHandler {
  const router = findMyWay({
    ignoreTrailingSlash: true,
    defaultRoute: otherwise,
    // Fastify answers what cannot be read as a path.
    onBadUrl: (_path, request, response) => otherwise(request, response),
    querystringParser: () => ({}),
    constraints: {
      credential: {
        name: 'credential',
        storage: createHandlerStorage,
        deriveConstraint: credentialKind,
      },
    },
  })
  for (const { methods, path, credential, handle, isOwnOnly } of routes) {
    const constraints = credential === undefined ? {} : { credential }
    const answer = isOwnOnly ? handle : openToOrigins(handle)
    router.on([...methods], path, { constraints }, (request, response) => answer(request, response))
  }
  const open = routes.filter(({ isOwnOnly }) => isOwnOnly !== true).map(({ path }) => path)
  for (const path of new Set(open)) router.on('OPTIONS', path, answerPreflight)
  return (request, response) => router.lookup(request, response)
}

function openToOrigins(handle: RawHandler): RawHandler {
  return (request, response) => {
    if (request.headers.origin !== undefined) {
      for (const [name, value] of Object.entries(openToPages)) response.setHeader(name, value)
    }
    handle(request, response)
  }
}

const answerPreflight: RawHandler = ({ headers }, response) => {
  response.writeHead(204, preflightAnswer(headers)).end()
}

type Storage = ReturnType<ConstraintStrategy<HTTPVersion.V1>['storage']>

/** A request whose kind no route is bound to falls through to the route that is bound to none. */
function createHandlerStorage(): Storage {
  const handlers = new Map<string, Handler<HTTPVersion.V1>>()
  return {
    get: (kind) => handlers.get(kind) ?? null,
    set(kind, handler) {
      handlers.set(kind, handler)
    },
  }
}
