import {
  endpoints,
  SettingsError,
  type Endpoint,
  type EndpointName,
  type PlainEndpointName,
  type RawEndpointName,
} from '@gemini-balance/contract'
import type { FastifyReply } from 'fastify'
import { AdminError } from './admin-error.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'
import { stringifyInSlices } from '../../runtime/stringify-in-slices.ts'
import {
  problem,
  refusalOf,
  sendRefusal,
  whoComes,
  type AdminCall,
  type AdminGuard,
} from './admin-frame.ts'
import { InputError, readInput } from './admin-input.ts'
import { everyMethod } from '../../http/data-plane.ts'
import type { RouteGroup } from '../../http/listener.ts'
import { BodyError } from '../../http/request-body.ts'
import { adminHeaders } from '../../http/security-headers.ts'

/** What answers an endpoint that speaks HTTP itself. */
export type RawHandlers = Readonly<
  Record<RawEndpointName, (call: AdminCall) => FastifyReply | Promise<FastifyReply>>
>

export type AdminDeps = AdminGuard & {
  readonly handlers: Handlers
  readonly raw: RawHandlers
  readonly onError: (error: unknown) => void
  /** Whether a handler failed because the database did. */
  readonly isDatabaseFault: (error: unknown) => boolean
}

/** The endpoint table on the wire. */
export function adminRoutes(deps: AdminDeps): RouteGroup {
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
          answer(deps, name, { request, reply }).catch((error: unknown) =>
            sendFailure(deps, reply, error),
          ),
      })
    }
    for (const [url, allowed] of methods) {
      const others = [...everyMethod, 'OPTIONS' as const].filter((one) => !allowed.includes(one))
      app.route({
        method: others,
        url,
        handler: (_request, reply) => sendNotThisWay(reply, allowed),
      })
    }
  }
}

const endpointNames = Object.keys(endpoints).filter(
  (name): name is EndpointName => name in endpoints,
)

async function answer(
  deps: AdminDeps,
  name: EndpointName,
  arriving: Pick<AdminCall, 'request' | 'reply'>,
): Promise<FastifyReply> {
  const endpoint: Endpoint = endpoints[name]
  const isPublic = endpoint.isPublic === true
  const call = { name, ...arriving, ...whoComes(deps, arriving.request, isPublic) }
  const refusal = refusalOf(call, isPublic)
  if (refusal !== undefined) return sendRefusal(call.reply, refusal)
  if (isRaw(name)) return deps.raw[name](call)
  const json = await stringifyInSlices(await handle(deps.handlers, name, call))
  return call.reply.type('application/json; charset=utf-8').send(json)
}

function isRaw(name: EndpointName): name is RawEndpointName {
  const endpoint: Endpoint = endpoints[name]
  return endpoint.isRaw === true
}

/** Input in, answer out. That a handler fits the input of its own endpoint is what the type of Handlers says; here the name is any of them. */
async function handle(
  handlers: Handlers,
  name: PlainEndpointName,
  { request, access }: AdminCall,
): Promise<object> {
  const input: unknown = await readInput(request, endpoints[name].input)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a union of handlers takes no input that TypeScript can name
  const handler = handlers[name] as (input: unknown, by: AdminCaller) => Promise<object>
  return handler(input, callerOf(access))
}

function callerOf(access: AdminCall['access']): AdminCaller {
  if (access.kind !== 'session') return { name: 'admin token' }
  const { id } = access.session
  return { name: `session ${id}`, session: id }
}

function sendNotThisWay(reply: FastifyReply, allowed: readonly string[]) {
  const words = allowed.join(', ')
  return reply
    .code(405)
    .header('allow', words)
    .send(problem('method', `This path takes ${words} only.`))
}

function sendFailure(deps: AdminDeps, reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof SettingsError) {
    const { message, problems } = error
    return reply.code(400).send({ ...problem('invalid', message), problems })
  }
  if (error instanceof InputError) {
    const { message, problems } = error
    return reply.code(400).send({ ...problem('invalid', message), problems })
  }
  if (error instanceof AdminError) {
    const { status, code, message } = error
    return reply.code(status).send({ ...problem(code, message), success: false, message })
  }
  if (error instanceof BodyError) {
    // The rest of a body that nobody reads must not be taken for the next request.
    const { status, message } = error
    return reply.code(status).header('connection', 'close').send(problem('body', message))
  }
  deps.onError(error)
  if (deps.isDatabaseFault(error)) {
    return reply.code(503).header('retry-after', '5').send(problem('database', databaseAway))
  }
  return reply.code(500).send(problem('internal', 'The gateway failed. Its log says why.'))
}

const databaseAway =
  'The database cannot be used now; the log says why. Requests of clients go on. Look again when it is back whether what you asked for was done.'
