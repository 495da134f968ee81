import { newRequestId } from '../../runtime/request-id.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { credentialsOf } from '../../auth/clients/credentials.ts'
import { connectClient, type ClientConnection } from '../../http/client-connection.ts'
import { everyMethod, type DataRoute, type RawHandler } from '../../http/data-plane.ts'
import { BodyError, readBody } from '../../http/request-body.ts'
import { answerChatCompletions } from './chat/chat-completions.ts'
import { answerEmbeddings } from './embeddings/embeddings-answer.ts'
import { answerModelGet, answerModelList } from './models/models-answer.ts'
import {
  fromInvalidRequest,
  notServed,
  ourFailure,
  refusedCaller,
  unknownCaller,
} from './errors.ts'
import type { OpenAiDeps, OpenAiRequest } from './openai-deps.ts'
import { sendError } from './send-json.ts'

/** Serves one request of a client who is known. May throw InvalidRequest. */
export type OpenAiHandler = (request: OpenAiRequest, path: string) => Promise<void>

/** `/v1` and `/hf/v1`: OpenAI's dialect, translated. */
export function openAiRoutes(deps: OpenAiDeps): DataRoute[] {
  return [
    ...['/v1', '/hf/v1'].flatMap((base) => translatedRoutes(deps, base)),
    {
      methods: everyMethod,
      path: '/hf/v1/*',
      handle: openAiHandler(deps, 'openai', answerNotServed),
    },
  ]
}

function translatedRoutes(deps: OpenAiDeps, base: string): DataRoute[] {
  const handler = (handle: OpenAiHandler) => openAiHandler(deps, 'openai', handle)
  const post = (path: string, handle: OpenAiHandler): DataRoute => ({
    methods: ['POST'],
    path: base + path,
    handle: handler(handle),
  })
  const get = (path: string, handle: OpenAiHandler): DataRoute => ({
    methods: ['GET'],
    path: base + path,
    // Under /v1, Gemini's clients list models too.
    ...(base === '/v1' ? { credential: 'openai' } : {}),
    handle: handler(handle),
  })
  return [
    post('/chat/completions', withBody(deps, answerChatCompletions)),
    post('/embeddings', withBody(deps, answerEmbeddings)),
    get('/models', (request) => answerModelList(deps, request)),
    get('/models/*', (request, path) =>
      answerModelGet(deps, request, decodeURIComponent(path.slice(`${base}/models/`.length))),
    ),
  ]
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
export function openAiHandler(
  deps: OpenAiDeps,
  dialect: string,
  handle: OpenAiHandler,
): RawHandler {
  async function serve(raw: IncomingMessage, response: ServerResponse): Promise<void> {
    const client = connectClient(response)
    try {
      const [path = '', search] = (raw.url ?? '').split('?')
      const query = search === undefined ? undefined : new URLSearchParams(search)
      const caller = deps.callers.identify(credentialsOf(raw, query), raw)
      if (caller === undefined) return sendError(client, unknownCaller())
      const problem = caller.problem(dialect, deps.forward.clock.now())
      if (problem !== undefined) return sendError(client, refusedCaller(problem))
      const id = newRequestId(deps.forward.clock.now())
      await handle({ id, raw, caller, client, dialect }, path)
    } catch (error) {
      answerFailure(deps, { client, error, response })
    }
  }
  return (raw, response) => void serve(raw, response)
}

/** Whatever went wrong, the client hears it in OpenAI's shape, unless it is too late to say anything. */
function answerFailure(
  deps: OpenAiDeps,
  failed: { client: ClientConnection; error: unknown; response: ServerResponse },
): void {
  const { client, error, response } = failed
  if (client.signal.aborted) return
  const told = fromInvalidRequest(error)
  if (told === undefined || response.headersSent) {
    deps.onError(error)
    return response.headersSent ? client.breakOff('') : sendError(client, ourFailure())
  }
  // The rest of a body that nobody reads must not be taken for the next request.
  if (error instanceof BodyError) response.setHeader('connection', 'close')
  sendError(client, told)
}
