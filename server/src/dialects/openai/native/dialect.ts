import { isObject, listOf, type JsonObject } from '../../../runtime/json-value.ts'
import type { ClientRequest, Dialect, Operation } from '../../dialect.ts'
import { failure, FailureError } from '../../failures.ts'
import type { DialectServices } from '../../services.ts'
import { idIn, post, serveChat, notFoundOperation } from '../dialect.ts'
import { answerEmbeddings } from '../embeddings/embeddings-answer.ts'
import { renderFailure } from '../errors.ts'
import { answerModelGet, answerModelList } from '../models/models-answer.ts'
import type { OpenAiServices } from '../services.ts'
import { createFallback, type Fallback } from './fallback.ts'
import { isOurModel } from './our-models.ts'
import { modelsCall, relayCall, type Endpoint } from './relay-call.ts'
import { relay, relayWhole } from './relay.ts'

const base = '/openai/v1'

/** `/openai/v1`: Google's own OpenAI endpoint; a request that has no key there is translated. */
export function createOpenAiNativeDialect(services: DialectServices): Dialect {
  const parts: NativeServices = {
    relayed: { label: 'openai-native', ...services },
    translated: { label: 'openai-translated', ...services },
    fallback: createFallback(services),
  }
  const { relayed, translated } = parts
  const own: OpenAiServices = relayed
  return {
    name: 'openai-native',
    operations: [
      servePost(parts, 'chat/completions', {
        ours: serveChat(own),
        translate: serveChat(translated),
      }),
      servePost(parts, 'embeddings', {
        ours: (request) => answerEmbeddings(own, request),
        translate: (request) => answerEmbeddings(translated, request),
      }),
      serveImages(parts),
      get(`${base}/models`, (request) => serveModelList(parts, request)),
      get(`${base}/models/*`, (request) => serveModel(parts, request)),
      notFoundOperation(`${base}/*`),
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
  /** For models that Google does not know. */
  readonly ours: Operation['serve']
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
  { ours, translate }: PostHandlers,
): Operation {
  return post(`${base}/${endpoint}`, (request) => {
    const call = relayCall(relayed, request, endpoint)
    if (isOurModel(relayed, call.model)) return ours(request)
    return fallback({
      relay: () => relay(relayed, request, call),
      translate: () => translate(request),
    })
  })
}

/** Pictures are not translated. */
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
  "Google's OpenAI endpoint takes no key of this gateway. Use another path for pictures.",
)

function serveModelList({ relayed, translated, fallback }: NativeServices, request: ClientRequest) {
  return fallback({
    relay: () =>
      relayWhole(relayed, request, {
        gateway: modelsCall(relayed, request),
        adapt: (list) => usableOf(list, request),
      }),
    translate: () => answerModelList(translated, request),
  })
}

function serveModel({ relayed, translated, fallback }: NativeServices, request: ClientRequest) {
  const id = idIn(request, `${base}/models/`).replace(/^models\//, '')
  // What the client may not use does not exist for it.
  if (!request.caller.mayUse(id) || isOurModel(relayed, id)) {
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

/** The models of a list that the client may use. */
function usableOf(list: JsonObject, { caller }: ClientRequest): JsonObject {
  const data = listOf(list['data']).filter(
    (model) => isObject(model) && caller.mayUse(String(model['id']).replace(/^models\//, '')),
  )
  return { ...list, data }
}
