import { idOf, isModelId } from '../../../google/models/model-id.ts'
import { isObject, listOf, type JsonObject } from '../../../runtime/json-value.ts'
import type { ClientRequest, Dialect, Operation } from '../../dialect.ts'
import { failure, FailureError } from '../../failures.ts'
import type { DialectServices } from '../../services.ts'
import { idIn, post, serveChat } from '../dialect.ts'
import { answerEmbeddings } from '../embeddings/embeddings-answer.ts'
import { renderFailure } from '../errors.ts'
import { answerModelGet, answerModelList } from '../models/models-answer.ts'
import type { OpenAiServices } from '../services.ts'
import { createFallback, type Fallback } from './fallback.ts'
import { isOurModel } from './our-models.ts'
import { modelsCall, relayCall, type Endpoint } from './relay-call.ts'
import { relay, relayWhole } from './relay.ts'

const base = '/openai/v1'

/** Relays `/openai/v1` to Google's OpenAI endpoint; requests without a key for it are translated. */
export function createOpenAiNativeDialect(services: DialectServices): Dialect {
  const native: NativeServices = {
    relayed: { label: 'openai-native', ...services },
    translated: { label: 'openai-translated', ...services },
    fallback: createFallback(services),
  }
  const { relayed, translated } = native
  return {
    name: 'openai-native',
    operations: [
      servePost(native, 'chat/completions', {
        serveOurs: serveChat(relayed),
        translate: serveChat(translated),
      }),
      servePost(native, 'embeddings', {
        serveOurs: (request) => answerEmbeddings(relayed, request),
        translate: (request) => answerEmbeddings(translated, request),
      }),
      serveImages(native),
      get(`${base}/models`, (request) => serveModelList(native, request)),
      get(`${base}/models/*`, (request) => serveModel(native, request)),
    ],
    renderFailure,
  }
}

type NativeServices = {
  readonly relayed: OpenAiServices
  readonly translated: OpenAiServices
  readonly fallback: Fallback
}

type PostHandlers = {
  /** Serves models that Google does not have. */
  readonly serveOurs: Operation['serve']
  readonly translate: Operation['serve']
}

const get = (path: string, serve: Operation['serve']): Operation => ({
  methods: ['GET'],
  paths: [path],
  body: 'none',
  serve,
})

function servePost(
  { relayed, fallback }: NativeServices,
  endpoint: Endpoint,
  { serveOurs, translate }: PostHandlers,
): Operation {
  return post(`${base}/${endpoint}`, (request) => {
    const call = relayCall(relayed, request, endpoint)
    if (isOurModel(relayed, call.model)) return serveOurs(request)
    return fallback({
      relay: () => relay(relayed, request, call),
      translate: () => translate(request),
    })
  })
}

/** Images are relayed only, never translated. */
function serveImages({ relayed, fallback }: NativeServices): Operation {
  return post(`${base}/images/generations`, (request) => {
    const call = relayCall(relayed, request, 'images/generations')
    return fallback({
      relay: () => relay(relayed, request, call),
      translate: async (refused) => {
        throw new FailureError(refused ?? imagesUnavailable)
      },
    })
  })
}

const imagesUnavailable = failure(
  'no_key_succeeded',
  "No key of this gateway works with Google's OpenAI endpoint. Use chat completions with an image model.",
)

function serveModelList({ relayed, translated, fallback }: NativeServices, request: ClientRequest) {
  return fallback({
    relay: () =>
      relayWhole(relayed, request, {
        gateway: modelsCall(relayed, request),
        adapt: (list) => allowedModels(list, request),
      }),
    translate: () => answerModelList(translated, request),
  })
}

function serveModel({ relayed, translated, fallback }: NativeServices, request: ClientRequest) {
  const id = idOf(idIn(request, `${base}/models/`))
  // Models that the token does not allow are answered as not found.
  if (!isModelId(id) || !request.caller.mayUse(id) || isOurModel(relayed, id)) {
    return answerModelGet(relayed, request, id)
  }
  return fallback({
    relay: () =>
      relayWhole(relayed, request, {
        gateway: modelsCall(relayed, request, id),
        adapt: (model) => model,
      }),
    translate: () => answerModelGet(translated, request, id),
  })
}

/** The list without models that the client may not use. */
function allowedModels(list: JsonObject, { caller }: ClientRequest): JsonObject {
  const data = listOf(list['data']).filter(
    (model) => isObject(model) && caller.mayUse(idOf(String(model['id']))),
  )
  return { ...list, data }
}
