import { newRequestId } from '../../gateway/request-id.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { credentialsOf } from '../../http/callers.ts'
import { connectClient, type ClientConnection } from '../../http/client-connection.ts'
import type { RouteGroup } from '../../http/listener.ts'
import { BodyRefused, readBody } from '../../http/request-body.ts'
import { answerChatCompletions } from './chat-completions.ts'
import { constrainByCredential, credentialConstraint } from './credential-kind.ts'
import { answerEmbeddings } from './embeddings-answer.ts'
import { answerModelGet, answerModelList } from './models-answer.ts'
import { fromInvalidRequest, notServed, ourFailure, unknownCaller } from './openai-error.ts'
import type { OpenAiDeps, OpenAiRequest } from './openai-deps.ts'
import { sendError } from './send-json.ts'

/** Serves one request of a client who is known. May throw InvalidRequest. */
export type OpenAiHandler = (request: OpenAiRequest, path: string) => Promise<void>

/** `/v1` and `/hf/v1`: OpenAI's dialect, translated. */
export function openAiRoutes(deps: OpenAiDeps): RouteGroup {
  return (app) => {
    constrainByCredential(app)
    for (const base of ['/v1', '/hf/v1']) translatedRoutes(app, deps, base)
    app.all('/hf/v1/*', openAiHandler(deps, 'openai', answerNotServed))
  }
}

function translatedRoutes(app: FastifyInstance, deps: OpenAiDeps, base: string): void {
  const handler = (handle: OpenAiHandler) => openAiHandler(deps, 'openai', handle)
  app.post(`${base}/chat/completions`, handler(withBody(deps, answerChatCompletions)))
  app.post(`${base}/embeddings`, handler(withBody(deps, answerEmbeddings)))
  const models = handler((request) => answerModelList(deps, request))
  const model = handler((request, path) =>
    answerModelGet(deps, request, decodeURIComponent(path.slice(`${base}/models/`.length))),
  )
  // Under /v1, Gemini's clients list models too.
  const constraints = base === '/v1' ? { [credentialConstraint]: 'openai' } : {}
  app.get(`${base}/models`, { constraints }, models)
  app.get(`${base}/models/*`, { constraints }, model)
}

export const answerNotServed: OpenAiHandler = async ({ client, raw }, path) =>
  sendError(client, notServed(raw.method ?? '', path))

export function withBody(
  deps: OpenAiDeps,
  answer: (deps: OpenAiDeps, request: OpenAiRequest, body: Buffer) => Promise<void>,
): OpenAiHandler {
  return async (request) => {
    const limitBytes = deps.settings().maxRequestBodyMb * 1024 * 1024
    return answer(deps, request, await readBody(request.raw, limitBytes))
  }
}

/** Who is calling, what to do, and what to say when it fails: the same for every path of OpenAI's. */
export function openAiHandler(deps: OpenAiDeps, dialect: string, handle: OpenAiHandler) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack()
    const client = connectClient(reply.raw)
    try {
      const [path = '', search] = (request.raw.url ?? '').split('?')
      const query = search === undefined ? undefined : new URLSearchParams(search)
      const caller = deps.callers().identify(credentialsOf(request.raw, query))
      if (caller === undefined) return sendError(client, unknownCaller())
      await handle(
        { id: newRequestId(deps.forward.clock.now()), raw: request.raw, caller, client, dialect },
        path,
      )
    } catch (error) {
      answerFailure(deps, { client, error, response: reply.raw })
    }
  }
}

/** Whatever went wrong, the client hears it in OpenAI's shape, unless it is too late to say anything. */
function answerFailure(
  deps: OpenAiDeps,
  failed: { client: ClientConnection; error: unknown; response: FastifyReply['raw'] },
): void {
  const { client, error, response } = failed
  if (client.presence.hasLeft) return
  const told = fromInvalidRequest(error)
  if (told === undefined || response.headersSent) {
    deps.complain(error)
    return response.headersSent ? client.cut('') : sendError(client, ourFailure())
  }
  // The rest of a body that nobody reads must not be taken for the next request.
  if (error instanceof BodyRefused) response.setHeader('connection', 'close')
  sendError(client, told)
}
