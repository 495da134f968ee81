import { endpoints, SettingsRefused, type EndpointName } from '@gemini-balance/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AdminRefused } from '../admin/admin-refused.ts'
import type { AdminCaller, Handlers } from '../admin/handlers.ts'
import { bearerOf, type Callers } from './callers.ts'
import type { RouteGroup } from './listener.ts'
import { BodyRefused, readBody } from './request-body.ts'

export type AdminDeps = {
  readonly handlers: Handlers
  readonly callers: Callers
  readonly complain: (error: unknown) => void
}

/** No admin request needs more. */
const bodyLimitBytes = 4 * 1024 * 1024

/** The endpoint table on the wire: JSON in, JSON out, the admin token as Bearer. */
export function adminRoutes(deps: AdminDeps): RouteGroup {
  return (app) => {
    for (const name of endpointNames) {
      const { method, path } = endpoints[name]
      app.route({
        method,
        url: path,
        handler: (request, reply) => answer(deps, { name, request, reply }),
      })
    }
  }
}

const endpointNames = Object.keys(endpoints).filter(
  (name): name is EndpointName => name in endpoints,
)

type Arrival = { name: EndpointName; request: FastifyRequest; reply: FastifyReply }

async function answer(deps: AdminDeps, { name, request, reply }: Arrival) {
  const bearer = bearerOf(request.raw)
  const caller = bearer === undefined ? undefined : deps.callers.identify([bearer])
  if (caller?.isAdmin !== true) {
    return reply
      .code(401)
      .send(problem('unauthorized', 'Send the admin token as Authorization: Bearer.'))
  }
  try {
    return await reply.send(await call(deps.handlers, { name, request, reply }))
  } catch (error) {
    if (error instanceof SettingsRefused) {
      return reply
        .code(400)
        .send({ ...problem('invalid', error.message), problems: error.problems })
    }
    if (error instanceof AdminRefused) {
      const { status, code, message } = error
      return reply.code(status).send({ ...problem(code, message), success: false, message })
    }
    if (error instanceof BodyRefused)
      return reply.code(error.status).send(problem('body', error.message))
    deps.complain(error)
    return reply.code(500).send(problem('internal', 'The gateway failed. Its log says why.'))
  }
}

/** Input in, answer out. That a handler fits the input of its own endpoint is what the type of Handlers says; here the name is any of them. */
async function call(handlers: Handlers, { name, request }: Arrival): Promise<object> {
  const { method, input } = endpoints[name]
  const body = method === 'GET' ? {} : await readJson(request)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a union of handlers takes no input that TypeScript can name
  const handle = handlers[name] as (input: unknown, by: AdminCaller) => Promise<object>
  return handle(parse(input, withAddress(body, request)), { name: 'admin token' })
}

/** What stands in the address is input like the rest. */
function withAddress(body: unknown, { query, params }: FastifyRequest): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  return { ...objectOf(query), ...body, ...objectOf(params) }
}

const objectOf = (value: unknown): object =>
  typeof value === 'object' && value !== null ? value : {}

async function readJson(request: FastifyRequest): Promise<unknown> {
  const body = await readBody(request.raw, bodyLimitBytes)
  // A verb that says all in its path has no body.
  if (body.length === 0) return {}
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new BodyRefused(400, 'The body must be JSON.', { cause })
  }
}

function parse(schema: z.ZodType, sent: unknown): unknown {
  const read = schema.safeParse(sent)
  if (!read.success) throw new BodyRefused(400, z.prettifyError(read.error))
  return read.data
}

const problem = (code: string, message: string) => ({ error: { code, message } })
