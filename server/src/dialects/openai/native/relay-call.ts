import { uncounted } from '../../../auth/clients/admission.ts'
import type { GatewayRequest } from '../../../gateway/request.ts'
import { isObject, type JsonObject } from '../../../runtime/json-value.ts'
import { ClientError } from '../../client-error.ts'
import { demandsPaid } from '../../demands-paid.ts'
import type { ClientRequest } from '../../dialect.ts'
import { callTo } from '../../translate/build-call.ts'
import type { OpenAiServices } from '../services.ts'

export type Endpoint = 'chat/completions' | 'embeddings' | 'images/generations'

export type RelayCall = {
  readonly model: string
  /** Made when it is sent, for that counts the request. */
  readonly gateway: () => GatewayRequest
  readonly streams: boolean
  /** Whether the client asked for the usage of a stream; the gateway asks in any case. */
  readonly wantsUsage: boolean
}

/** A request as it came, without `top_k`, which Google's OpenAI endpoint refuses. */
export function relayCall(
  services: OpenAiServices,
  request: ClientRequest,
  endpoint: Endpoint,
): RelayCall {
  const { top_k: _refused, ...wanted } = readBodyObject(request.body)
  const streams = wanted['stream'] === true
  const options = isObject(wanted['stream_options']) ? wanted['stream_options'] : {}
  const sent = streams ? { ...wanted, stream_options: { ...options, include_usage: true } } : wanted
  const bytes = Buffer.from(JSON.stringify(sent))
  const model = typeof wanted['model'] === 'string' ? wanted['model'].replace(/^models\//, '') : ''
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
      // What can be translated need not wait for a key that this endpoint takes.
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

/** `GET models`, or `GET models/x` on the lane of the model: that it is not found says nothing of others. Counts for no token. */
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

function readBodyObject(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (isObject(value)) return value
  } catch (cause) {
    throw new ClientError('The body of the request is not valid JSON.', { cause })
  }
  throw new ClientError('The body of the request is not a JSON object.')
}
