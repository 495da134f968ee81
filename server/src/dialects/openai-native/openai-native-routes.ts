import { everyMethod, type DataRoute, type RawHandler } from '../../http/data-plane.ts'
import { answerChatCompletions } from '../openai/chat-completions.ts'
import { answerEmbeddings } from '../openai/embeddings-answer.ts'
import { answerModelGet, answerModelList } from '../openai/models-answer.ts'
import { openAiError, type OpenAiError } from '../openai/openai-error.ts'
import type { OpenAiDeps, OpenAiRequest } from '../openai/openai-deps.ts'
import {
  answerNotServed,
  openAiHandler,
  withBody,
  type OpenAiHandler,
} from '../openai/openai-routes.ts'
import { sendError } from '../openai/send-json.ts'
import { relay, type Endpoint } from './relay.ts'

export type OpenAiNativeDeps = OpenAiDeps & {
  /** Whether keys can travel as Google's endpoint wants them, in `Authorization`. */
  readonly canRelay: () => boolean
}

/** How long a refusal of our keys by Google's endpoint is taken to last. */
const refusalLastsMs = 10 * 60_000

/** `/openai/v1`: Google's own OpenAI endpoint; what it refuses for the kind of our keys is translated instead. */
export function openAiNativeRoutes(deps: OpenAiNativeDeps): DataRoute[] {
  let relaysFrom = -Infinity
  const base = '/openai/v1'
  const handler = (handle: OpenAiHandler) => openAiHandler(deps, 'openai-native', handle)

  const either = (endpoint: Endpoint, translate: Answer) =>
    handler(
      withBody(deps, async (_deps, request, body) => {
        const now = deps.forward.clock.now()
        if (!deps.canRelay() || now < relaysFrom) return translate(deps, request, body)
        const relayed = await relay(deps, request, { endpoint, body })
        if (relayed === undefined) return
        if (!refusesOurKeys(relayed.refused)) return sendError(request.client, relayed.refused)
        relaysFrom = now + refusalLastsMs
        deps.complain(
          new Error(
            `Google's OpenAI endpoint refuses our keys, so /openai/v1 is translated for now: ${relayed.refused.error.message}`,
          ),
        )
        await translate(deps, request, body)
      }),
    )

  const post = (path: string, handle: RawHandler): DataRoute => ({
    methods: ['POST'],
    path: base + path,
    handle,
  })
  const get = (path: string, handle: OpenAiHandler): DataRoute => ({
    methods: ['GET'],
    path: base + path,
    handle: handler(handle),
  })
  return [
    post('/chat/completions', either('chat/completions', answerChatCompletions)),
    post('/embeddings', either('embeddings', answerEmbeddings)),
    post('/images/generations', either('images/generations', answerNoImages)),
    get('/models', (request) => answerModelList(deps, request)),
    get('/models/*', (request, path) =>
      answerModelGet(deps, request, decodeURIComponent(path.slice(`${base}/models/`.length))),
    ),
    { methods: everyMethod, path: `${base}/*`, handle: handler(answerNotServed) },
  ]
}

type Answer = (deps: OpenAiDeps, request: OpenAiRequest, body: Buffer) => Promise<void>

/** The new kind of keys is refused there in several ways, none of them about the request. */
function refusesOurKeys({ status, error }: OpenAiError): boolean {
  return (
    [400, 401, 403].includes(status) &&
    /Multiple authentication credentials|Invalid Auth key|Missing or invalid Authorization/i.test(
      error.message,
    )
  )
}

const answerNoImages: Answer = async (_deps, { client }) =>
  sendError(
    client,
    openAiError(503, {
      message: "Google's OpenAI endpoint cannot be used with the keys of this gateway.",
      type: 'server_error',
      code: 'service_unavailable',
    }),
  )
