import {
  endpoints,
  type Endpoint,
  type EndpointName,
  type PlainEndpointName,
  type RawEndpointName,
} from '@gemini-balance/contract'
import type { FastifyReply } from 'fastify'
import type { RouteGroup } from '../../http/listener.ts'
import { answerOtherMethods } from '../../http/other-methods.ts'
import { adminHeaders } from '../../http/security-headers.ts'
import { ClientDisconnected } from '../../runtime/streams/client-disconnected.ts'
import { stringifyInSlices } from '../../runtime/slices/stringify-in-slices.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'
import { denialOf, identifyAdmin, sendDenial, type AdminCall, type AdminGuard } from './guard.ts'
import { readInput } from './input.ts'
import { sendClientError, sendFailure } from './send-error.ts'

/** One handler for every endpoint that speaks HTTP itself. */
export type RawHandlers = Readonly<
  Record<RawEndpointName, (call: AdminCall) => FastifyReply | Promise<FastifyReply>>
>

export type AdminRoutesDeps = AdminGuard & {
  readonly handlers: Handlers
  readonly raw: RawHandlers
  readonly onError: (error: unknown, requestId: string) => void
  /** The client closed its connection before its request was complete. */
  readonly onDisconnect: (endpoint: EndpointName) => void
}

/** A route for every endpoint of the contract. */
export function adminRoutes(deps: AdminRoutesDeps): RouteGroup {
  return (app) => {
    app.addHook('onRequest', async (_request, reply) => void reply.headers(adminHeaders))
    const methods = new Map<string, string[]>()
    for (const name of endpointNames) {
      const { method, path } = endpoints[name]
      methods.set(path, [...(methods.get(path) ?? []), method])
      app.route({
        method,
        url: path,
        handler: (request, reply) =>
          answer(deps, name, { request, reply }).catch((error: unknown) => {
            const sent = sendClientError(reply, error)
            if (sent !== undefined) return sent
            if (error instanceof ClientDisconnected) {
              deps.onDisconnect(name)
              return reply.hijack()
            }
            deps.onError(error, request.id)
            return sendFailure(reply, error)
          }),
      })
    }
    for (const [url, taken] of methods) answerOtherMethods(app, url, taken)
  }
}

const endpointNames = Object.keys(endpoints).filter(
  (name): name is EndpointName => name in endpoints,
)

async function answer(
  deps: AdminRoutesDeps,
  name: EndpointName,
  incoming: Pick<AdminCall, 'request' | 'reply'>,
): Promise<FastifyReply> {
  const endpoint: Endpoint = endpoints[name]
  const isPublic = endpoint.isPublic === true
  const call = { name, ...incoming, ...identifyAdmin(deps, incoming.request, isPublic) }
  const denial = denialOf(call, isPublic)
  if (denial !== undefined) return sendDenial(call.reply, denial)
  if (isRaw(name)) return deps.raw[name](call)
  const json = await stringifyInSlices(await handle(deps.handlers, name, call))
  return call.reply.type('application/json; charset=utf-8').send(json)
}

function isRaw(name: EndpointName): name is RawEndpointName {
  const endpoint: Endpoint = endpoints[name]
  return endpoint.isRaw === true
}

/** The type of Handlers guarantees that each handler takes the input of its endpoint; here the name is any of them. */
async function handle(
  handlers: Handlers,
  name: PlainEndpointName,
  { request, identity }: AdminCall,
): Promise<object> {
  const input: unknown = await readInput(request, endpoints[name].input)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript cannot name the input of a union of handlers
  const handler = handlers[name] as (input: unknown, by: AdminCaller) => Promise<object>
  return handler(input, callerOf(identity, request.id))
}

function callerOf(identity: AdminCall['identity'], requestId: string): AdminCaller {
  if (identity.kind !== 'session') return { name: 'admin token', requestId }
  const { id } = identity.session
  return { name: `session ${id}`, session: id, requestId }
}
