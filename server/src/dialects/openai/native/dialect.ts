import { everyMethod, type DataRoute } from '../../../http/data-plane.ts'
import { answerChatCompletions } from '../chat/chat-completions.ts'
import { answerEmbeddings } from '../embeddings/embeddings-answer.ts'
import { isObject, listOf, type JsonObject } from '../../../runtime/json-value.ts'
import { answerModelGet, answerModelList } from '../models/models-answer.ts'
import { openAiError, type OpenAiError } from '../errors.ts'
import type { OpenAiDeps, OpenAiRequest } from '../openai-deps.ts'
import { answerNotServed, openAiHandler, withBody, type OpenAiHandler } from '../dialect.ts'
import { sendError } from '../send-json.ts'
import { isOurs } from './our-models.ts'
import { modelsCall, relayCall, type Endpoint } from './relay-call.ts'
import { relay, relayWhole } from './relay.ts'
import { createSwitch, type Switch } from './relay-switch.ts'

export type OpenAiNativeDeps = OpenAiDeps & {
  /** Told now and then, while requests are served another way than by Google's endpoint. */
  readonly tell: (message: string) => void
}

const base = '/openai/v1'

/** `/openai/v1`: Google's own OpenAI endpoint; what it cannot serve for want of a key that it takes is translated. */
export function openAiNativeRoutes(deps: OpenAiNativeDeps): DataRoute[] {
  const either = createSwitch(deps)
  const handler = (handle: OpenAiHandler) => openAiHandler(deps, 'openai-native', handle)
  const post = (endpoint: Endpoint, translate: Translate): DataRoute => ({
    methods: ['POST'],
    path: `${base}/${endpoint}`,
    handle: handler(withBody(deps, answerPost(either, { endpoint, translate }))),
  })
  const get = (path: string, handle: OpenAiHandler): DataRoute => ({
    methods: ['GET'],
    path: base + path,
    handle: handler(handle),
  })
  return [
    post('chat/completions', answerChatCompletions),
    post('embeddings', answerEmbeddings),
    post('images/generations', answerNoImages),
    get('/models', answerList(deps, either)),
    get('/models/*', answerOne(deps, either)),
    { methods: everyMethod, path: `${base}/*`, handle: handler(answerNotServed) },
  ]
}

type Translate = (deps: OpenAiDeps, request: OpenAiRequest, body: Buffer) => Promise<void>

function answerPost(either: Switch, way: { endpoint: Endpoint; translate: Translate }) {
  const { endpoint, translate } = way
  return (deps: OpenAiDeps, request: OpenAiRequest, body: Buffer) => {
    const call = relayCall(deps, request, { endpoint, body })
    const { model } = call.gateway.ask
    if (translate !== answerNoImages && isOurs(deps, model)) return translate(deps, request, body)
    return either(request, {
      relay: (once) => relay(once, request, call),
      translate: (once, labelled, refused) =>
        translate === answerNoImages && refused !== undefined
          ? Promise.resolve(sendError(request.client, refused))
          : translate(once, labelled, body),
    })
  }
}

const answerNoImages: Translate = async (_deps, { client }) => sendError(client, noImages)

const noImages: OpenAiError = openAiError(503, {
  message: "Google's OpenAI endpoint cannot be used with the keys of this gateway.",
  type: 'server_error',
  code: 'service_unavailable',
})

function answerList(deps: OpenAiDeps, either: Switch): OpenAiHandler {
  return (request) =>
    either(request, {
      relay: (once) =>
        relayWhole(free(once), request, {
          gateway: modelsCall(deps, request),
          tell: (list) => usableOf(list, request),
        }),
      translate: (once, labelled) => answerModelList(once, labelled),
    })
}

function answerOne(deps: OpenAiDeps, either: Switch): OpenAiHandler {
  return (request, path) => {
    const id = decodeURIComponent(path.slice(`${base}/models/`.length)).replace(/^models\//, '')
    const translate = (once: OpenAiDeps, labelled: OpenAiRequest) =>
      answerModelGet(once, labelled, id)
    // What the client may not use does not exist for it.
    if (!request.caller.mayUse(id) || isOurs(deps, id)) return translate(deps, request)
    const gateway = modelsCall(deps, request, id)
    return either(request, {
      relay: (once) => relayWhole(free(once), request, { gateway, tell: (model) => model }),
      translate,
    })
  }
}

/** Lists of models count for no token's limits. */
const free = (deps: OpenAiDeps): OpenAiDeps => ({
  ...deps,
  forward: { ...deps.forward, admit: () => ({ ok: true, release: () => {} }) },
})

/** The models of a list that the client may use. */
function usableOf(list: JsonObject, { caller }: OpenAiRequest): JsonObject {
  const data = listOf(list['data']).filter(
    (model) => isObject(model) && caller.mayUse(String(model['id']).replace(/^models\//, '')),
  )
  return { ...list, data }
}
