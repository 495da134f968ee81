import { uncounted } from '../../../auth/clients/admission.ts'
import type { GatewayRequest } from '../../../gateway/request.ts'
import { idOf, isModelId } from '../../../google/models/model-id.ts'
import { isObject, type JsonObject } from '../../../runtime/json-value.ts'
import { ClientError } from '../../client-error.ts'
import { demandsPaid } from '../../demands-paid.ts'
import type { ClientRequest } from '../../dialect.ts'
import { FailureError, unsupportedModel } from '../../failures.ts'
import { callTo } from '../../translate/build-call.ts'
import type { OpenAiServices } from '../services.ts'

export type Endpoint = 'chat/completions' | 'embeddings' | 'images/generations'

export type RelayCall = {
  readonly model: string
  /** Builds the request when it is sent: building counts it toward the token's limits. */
  readonly gateway: () => GatewayRequest
  readonly streams: boolean
  /** Whether the client wants the usage of a stream; the gateway always requests it. */
  readonly wantsUsage: boolean
}

/** The request with the id of its model, without `top_k`, which Google's OpenAI endpoint refuses. */
export function relayCall(
  services: OpenAiServices,
  request: ClientRequest,
  endpoint: Endpoint,
): RelayCall {
  const { top_k: _refused, model: named, ...fields } = readBodyObject(request.body)
  const model = modelOf(named)
  const streams = fields['stream'] === true
  const options = isObject(fields['stream_options']) ? fields['stream_options'] : {}
  const sent = streams
    ? { model, ...fields, stream_options: { ...options, include_usage: true } }
    : { model, ...fields }
  const bytes = Buffer.from(JSON.stringify(sent))
  return {
    model,
    streams,
    wantsUsage: options['include_usage'] === true,
    gateway: () => ({
      id: request.id,
      admitted: request.admit(model),
      key: {
        request: request.id,
        model,
        lane: model,
        estimatedInputTokens: Math.ceil(bytes.length / 4),
        bearerOnly: true,
        ...(demandsPaid(request.raw) ? { paidOnly: true } : {}),
      },
      call: {
        ...callTo(services, `openai/${endpoint}`, streams ? 'sse' : 'unary'),
        body: [bytes],
        generates: true,
        usesResource: false,
        credential: 'bearer',
        shape: 'openai',
      },
      // Requests that can be translated do not wait for a key.
      mayWait: endpoint === 'images/generations',
      labels: {
        dialect: services.label,
        method: endpoint,
        caller: request.caller.id,
        streamed: streams,
      },
    }),
  }
}

/** `GET models`, or `GET models/x` on the model's own lane, so that a 404 affects no other. Does not count toward a token's limits. */
export function modelsCall(
  services: OpenAiServices,
  request: ClientRequest,
  model?: string,
): GatewayRequest {
  const path = model === undefined ? 'models' : `models/${encodeURIComponent(model)}`
  const { method: _post, ...call } = callTo(services, `openai/${path}`, 'unary')
  return {
    id: request.id,
    admitted: uncounted,
    key: {
      request: request.id,
      model: model ?? '',
      lane: model ?? '',
      estimatedInputTokens: 0,
      bearerOnly: true,
    },
    call: {
      ...call,
      method: 'GET',
      body: [],
      generates: true,
      usesResource: false,
      credential: 'bearer',
      shape: 'openai',
    },
    mayWait: false,
    labels: {
      dialect: services.label,
      method: 'models',
      caller: request.caller.id,
      streamed: false,
    },
  }
}

/** Throws ClientError or FailureError. */
function modelOf(model: unknown): string {
  if (typeof model !== 'string') {
    throw new ClientError('model must be the name of a model.', { param: 'model' })
  }
  const id = idOf(model)
  if (!isModelId(id)) throw new FailureError(unsupportedModel(model))
  return id
}

function readBodyObject(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (isObject(value)) return value
  } catch (cause) {
    throw new ClientError('The request body must be valid JSON.', { cause })
  }
  throw new ClientError('The request body must be a JSON object.')
}
